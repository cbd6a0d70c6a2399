import { sha256 } from '../sha256.ts';
import type { Watermark } from './source-state.ts';

/** A file of a container, by its name in it. */
export interface ContainerFile {
  name: string;
  eTag: string;
  size: number;
  modifiedAt: string;
}

/**
 * Which files of a container were taken. A file that is renamed into place keeps the time at which it was written, which
 * may lie before that of a file that was taken meanwhile: so versions are told apart one by one as far back as marks go.
 */
export interface Taken {
  /** The last one, in order of time and then of name: what comes after it is new. */
  watermark?: Watermark;
  /** What was written until then counts as taken. */
  floor?: string;
  /** Versions that were taken after the floor, and when they were written. */
  marks: Map<string, string>;
}

/** How far back a file may lie that comes after a later one. */
const LOOK_BACK_MS = 24 * 3_600_000;
/** Marks that are kept, at most: of a container that is fuller the time to look back is shorter. */
const MARKS_LIMIT = 20_000;
const HASH_KEPT = 16;

/** What is known of a container that was read up to a watermark, and of which no marks are left. */
export function takenUpTo(watermark: Watermark | undefined): Taken {
  return { marks: new Map(), ...(watermark && { watermark, floor: watermark.modifiedAt }) };
}

/** Whether a file's version is still to be taken. */
export function isNew({ watermark, floor = '', marks }: Taken, file: ContainerFile): boolean {
  if (watermark === undefined || orderOf(file) > orderOf(watermark)) return true;
  return file.modifiedAt > floor && !marks.has(markOf(file));
}

/** Notes that a file's version was taken. */
export function take(taken: Taken, file: ContainerFile): void {
  const { modifiedAt, name } = file;
  taken.marks.set(markOf(file), modifiedAt);
  if (taken.watermark === undefined || orderOf(file) > orderOf(taken.watermark)) taken.watermark = { modifiedAt, name };
}

/** The same with no more marks than are needed to look back. */
export function trimmed({ watermark, floor, marks }: Taken, limit = MARKS_LIMIT): Taken {
  if (watermark === undefined) return { marks };
  const dayBefore = new Date(Date.parse(watermark.modifiedAt) - LOOK_BACK_MS).toISOString();
  const newestFirst = [...marks].sort(([, a], [, b]) => (a < b ? 1 : -1));
  // The whole second of the first mark that is too many: of some of its files nothing would be known.
  const tooMany = newestFirst[limit]?.[1];
  const raised = [floor ?? '', dayBefore, tooMany ?? ''].reduce((a, b) => (a > b ? a : b));
  return { watermark, floor: raised, marks: new Map(newestFirst.filter(([, modifiedAt]) => modifiedAt > raised)) };
}

/** Sorts files by time, then by name: ISO times are of one length, so that texts sort as times do. */
export function orderOf({ modifiedAt, name }: Watermark): string {
  return `${modifiedAt} ${name}`;
}

function markOf({ name, eTag }: ContainerFile): string {
  return sha256(`${name} ${eTag}`).slice(0, HASH_KEPT);
}
