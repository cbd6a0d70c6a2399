import type { Interval, PartitionUnit } from './backfill.ts';

/** The first moment of the hour, day, week (from Monday) or month that a moment lies in, in UTC. */
export function startOf(unit: PartitionUnit, at: Date): Date {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (unit === 'hour') return new Date(Date.UTC(year, month, day, at.getUTCHours()));
  if (unit === 'day') return new Date(Date.UTC(year, month, day));
  if (unit === 'month') return new Date(Date.UTC(year, month));
  const sinceMonday = (at.getUTCDay() + 6) % 7;
  return new Date(Date.UTC(year, month, day - sinceMonday));
}

/** The first moment of the next one. */
export function nextStart(unit: PartitionUnit, at: Date): Date {
  const start = startOf(unit, at);
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()];
  if (unit === 'hour') return new Date(start.getTime() + 3_600_000);
  if (unit === 'month') return new Date(Date.UTC(year, month + 1));
  return new Date(Date.UTC(year, month, day + (unit === 'day' ? 1 : 7)));
}

/** The hours, days, weeks or months of a span, the first and last cut to it; at most `limit` and one more. */
export function intervals({ from, to }: Interval, unit: PartitionUnit, limit: number): Interval[] {
  const end = new Date(to);
  const found: Interval[] = [];
  for (let at = new Date(from); at < end && found.length <= limit;) {
    const next = nextStart(unit, at);
    found.push({ from: at.toISOString(), to: (next < end ? next : end).toISOString() });
    at = next;
  }
  return found;
}

/** Finest part of a date that a folder's placeholders tell apart; undefined when it has none. */
export function grain(prefix: string): 'hour' | 'day' | 'month' | undefined {
  if (prefix.includes('{HH}')) return 'hour';
  if (prefix.includes('{dd}')) return 'day';
  return prefix.includes('{MM}') ? 'month' : undefined;
}

/** A folder with its placeholders filled in, in UTC. */
export function folderAt(prefix: string, at: Date): string {
  const [date, time] = at.toISOString().split('T') as [string, string];
  const [yyyy, MM, dd] = date.split('-') as [string, string, string];
  const parts: Record<string, string> = { yyyy, MM, dd, HH: time.slice(0, 2) };
  return prefix.replace(/\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole);
}

/** The folders of an interval. */
export function foldersOf(prefix: string, interval: Interval): string[] {
  const unit = grain(prefix);
  if (!unit) return [prefix];
  const moments = intervals(interval, unit, Infinity);
  return [...new Set(moments.map(({ from }) => folderAt(prefix, new Date(from))))];
}
