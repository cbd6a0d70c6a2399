import type { PartitionUnit } from './backfill.ts';
import { folderAt, grain, intervals, nextStart, startOf } from './intervals.ts';
import { tickUpTo, type Schedule } from './schedule.ts';
import { wallClock } from './wall-clock.ts';

/** Folders of one run, at most: more than a year of days, more than two weeks of hours. */
export const FOLDERS_LIMIT = 400;

/** The folders that a run goes over. */
export interface ScheduledFolders {
  folders: string[];
  /** First moment of the first of them, on the clocks of the schedule, written as if in UTC. */
  from: string;
  /** First folder that is left out where there are more than one run goes over: the newest are taken. */
  leftFrom?: string;
}

/**
 * How far a schedule that was seen first, or last ran, at a moment has covered its folders: the first moment of the first
 * folder that is still to come, on the clocks of the schedule, written as if in UTC.
 */
export function coveredAt(prefix: string, schedule: Schedule, at: Date): string {
  return startOf(unitOf(prefix), wallClock(tickUpTo(schedule, at) ?? at, schedule.timeZone)).toISOString();
}

/**
 * The folders of a run: all whose time has ended since what is covered, and at least that of the time before at which it
 * was due, which still goes on where a schedule is due more often than there are folders.
 */
export function scheduledFolders(prefix: string, schedule: Schedule, tick: Date, covered: string): ScheduledFolders {
  const unit = unitOf(prefix);
  const clock = (at: Date) => wallClock(at, schedule.timeZone);
  const now = startOf(unit, clock(tick));
  const before = startOf(unit, clock(tickUpTo(schedule, new Date(tick.getTime() - 1)) ?? tick));
  const to = new Date(Math.max(now.getTime(), nextStart(unit, before).getTime()));
  const from = new Date(covered) < to ? new Date(covered) : before;
  const all = new Map<string, string>();
  for (const interval of intervals({ from: from.toISOString(), to: to.toISOString() }, unit, Infinity)) {
    const folder = folderAt(prefix, new Date(interval.from));
    if (!all.has(folder)) all.set(folder, interval.from);
  }
  const [taken, left] = [[...all].slice(-FOLDERS_LIMIT), [...all].slice(0, -FOLDERS_LIMIT)];
  const [first] = taken;
  return {
    folders: taken.map(([folder]) => folder),
    from: first?.[1] ?? from.toISOString(),
    ...(left[0] && { leftFrom: left[0][0] }),
  };
}

/** Folders that tell years alone apart are found by their months. */
function unitOf(prefix: string): PartitionUnit {
  return grain(prefix) ?? 'month';
}
