import type { Watermark } from './source-state.ts';

/** A file of a container, by its name in it. */
export interface ContainerFile {
  name: string;
  eTag: string;
  size: number;
  modifiedAt: string;
}

/** What is to be taken next, in order, and whether there is more that has to wait. */
export interface Selection {
  files: ContainerFile[];
  isPartial: boolean;
}

/**
 * The files that come after a watermark, in order of time and then of name, at most `limit`.
 *
 * Times of storage are whole seconds. A file that was written in the second that just goes by may come before one that
 * was taken already, so that what is younger than `settled` waits: then the order is final, and one watermark tells all.
 */
export async function selectNext(
  files: AsyncIterable<ContainerFile>,
  watermark: Watermark | undefined,
  settled: Date,
  limit: number,
): Promise<Selection> {
  const after = watermark && key(watermark);
  const latest = settled.toISOString();
  let next: ContainerFile[] = [];
  let isPartial = false;
  for await (const file of files) {
    if (after !== undefined && key(file) <= after) continue;
    if (file.modifiedAt > latest) isPartial = true;
    else next.push(file);
    if (next.length < 2 * limit) continue;
    next = inOrder(next).slice(0, limit);
    isPartial = true;
  }
  isPartial ||= next.length > limit;
  return { files: inOrder(next).slice(0, limit), isPartial };
}

/** The watermark of a file that was taken. */
export function watermarkOf({ modifiedAt, name }: ContainerFile): Watermark {
  return { modifiedAt, name };
}

function inOrder(files: ContainerFile[]): ContainerFile[] {
  return files.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** ISO times are of one length, so that texts sort as times do. */
function key({ modifiedAt, name }: Watermark): string {
  return `${modifiedAt} ${name}`;
}
