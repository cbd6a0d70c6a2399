import type { CategoryProfile } from '../profile.ts';
import { total } from './cells.ts';
import type { Cell } from './cells.ts';
import type { Share } from './fisher-exact.ts';

/** Rows whose category the baseline never saw, and those that say how many of them to expect. */
export interface Unseen {
  batch: Share;
  /** Rows of the baseline whose category no other row has: each was new when it came (Good 1953, Biometrika 40:237). */
  baseline: Share;
}

/**
 * A cell for each category, the most frequent first, and one for all that are too rare to be told. Which are told, and in
 * which order, depends on their rows of both sides together: what is listed for being frequent on one side is less so on
 * the other by that alone.
 */
export function categoryCells(baseline: CategoryProfile, batch: CategoryProfile): Cell[] {
  const [before, now] = [countsOf(baseline), countsOf(batch)];
  const leastBefore = baseline.other > 0 ? Math.min(baseline.other, ...before.values()) : 0;
  const onlyNow = [...now].filter(([value]) => !before.has(value)).map(([, count]) => count);
  const leastNow = batch.other > 0 ? Math.min(batch.other, ...onlyNow) : 0;
  const told = [...new Set([...before.keys(), ...now.keys()])]
    // The baseline has at most so many rows of a category that it does not list.
    .map((value) => ({ value, baseline: before.get(value) ?? leastBefore, batch: now.get(value) ?? 0 }))
    .filter((cell) => cell.baseline + cell.batch > leastBefore + leastNow)
    .sort((a, b) => b.baseline + b.batch - a.baseline - a.batch || (a.value < b.value ? -1 : 1));
  const sum = total(told);
  const rest = { baseline: Math.max(0, baseline.count - sum.baseline), batch: Math.max(0, batch.count - sum.batch) };
  return [...told, rest].map(({ baseline, batch }) => ({ baseline, batch }));
}

/** Counts the rows of unseen categories; undefined where the baseline does not list all that it saw. */
export function countUnseen(baseline: CategoryProfile, batch: CategoryProfile): Unseen | undefined {
  if (baseline.other > 0) return undefined;
  const [before, now] = [countsOf(baseline), countsOf(batch)];
  const [seen, single] = [[...before].filter(([, count]) => count > 0), [...before].filter(([, count]) => count === 1)];
  const known = seen.reduce((rows, [value]) => rows + (now.get(value) ?? 0), 0);
  return {
    batch: { hits: batch.count - known, rows: batch.count },
    baseline: { hits: single.length, rows: baseline.count },
  };
}

function countsOf({ top }: CategoryProfile): Map<string, number> {
  return new Map(top.map(({ value, count }) => [value, count]));
}
