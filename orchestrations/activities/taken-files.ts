import type { Clients } from '../../shared/clients/clients.ts';
import { takenPath } from '../../shared/names.ts';
import type { Seen } from '../../shared/sources/source-state.ts';
import { takenUpTo, trimmed, type Taken } from '../../shared/sources/taken.ts';
import { readJson } from './context.ts';

/** Marks of the files that were taken of a container, as the lake keeps them: too many for the row of their source. */
interface Document {
  address: string;
  floor?: string;
  marks: Record<string, string>;
}

/**
 * Which files of a container were taken. The row of its source decides: marks of another address say nothing, and without
 * marks what lies before its watermark counts as taken.
 */
export async function recallTaken(
  clients: Pick<Clients, 'lake'>,
  pipeline: string,
  source: string,
  seen: Seen | undefined,
): Promise<Taken> {
  const { watermark, address } = seen ?? {};
  if (watermark === undefined) return takenUpTo(undefined);
  const kept = await readJson<Document>(clients, takenPath(pipeline, source));
  if (kept?.address !== address || kept?.floor === undefined) return takenUpTo(watermark);
  return { watermark, floor: kept.floor, marks: new Map(Object.entries(kept.marks)) };
}

/** Keeps the marks. They come before the row: a crash between takes what is after the watermark again, as the same file. */
export async function keepTaken(
  { lake }: Pick<Clients, 'lake'>,
  pipeline: string,
  source: string,
  address: string,
  taken: Taken,
): Promise<void> {
  const { floor, marks } = trimmed(taken);
  const kept: Document = { address, ...(floor !== undefined && { floor }), marks: Object.fromEntries(marks) };
  await lake.write(takenPath(pipeline, source), JSON.stringify(kept));
}
