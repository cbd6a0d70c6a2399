import type { SourceError } from './source-state.ts';
import { isNew, orderOf, type ContainerFile, type Taken } from './taken.ts';

/** What is to be taken next, in order, and whether there is more that has to wait. */
export interface Selection {
  files: ContainerFile[];
  isPartial: boolean;
  /** Why new files cannot be taken; of many the first ones. */
  refused: SourceError[];
}

export interface SelectOptions {
  taken: Taken;
  /** What is younger waits. */
  settled: Date;
  limit: number;
  /** Why a file cannot be taken, if so: it holds up no other. */
  refusal?: (file: ContainerFile) => SourceError | undefined;
  refusedLimit?: number;
}

/**
 * The files that are still to be taken, in order of time and then of name, at most `limit`.
 *
 * Times of storage are whole seconds. A file that was written in the second that just goes by may not be all of it yet, or
 * be written over within it, so that what is younger than `settled` waits.
 */
export async function selectNext(files: AsyncIterable<ContainerFile>, options: SelectOptions): Promise<Selection> {
  const { taken, settled, limit, refusal = () => undefined, refusedLimit = 10 } = options;
  const latest = settled.toISOString();
  const refused: SourceError[] = [];
  let next: ContainerFile[] = [];
  let isPartial = false;
  for await (const file of files) {
    if (!isNew(taken, file)) continue;
    const reason = refusal(file);
    if (reason && refused.length < refusedLimit) refused.push(reason);
    if (reason) continue;
    if (file.modifiedAt > latest) isPartial = true;
    else next.push(file);
    if (next.length < 2 * limit) continue;
    next = inOrder(next).slice(0, limit);
    isPartial = true;
  }
  isPartial ||= next.length > limit;
  return { files: inOrder(next).slice(0, limit), isPartial, refused };
}

function inOrder(files: ContainerFile[]): ContainerFile[] {
  return files.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}
