import type { CategoryProfile } from '../profile.ts';
import { total } from './cells.ts';
import type { Cell } from './cells.ts';

/** A profile lists so many of its most frequent categories (`TOP` in profile.py), and all that its baseline lists. */
const LISTED = 50;

/**
 * A cell for each category, the most frequent first, and one for the rest. A category that is listed for being frequent on
 * one side is less so on the other by that alone, so those that are near the end of a list stay among the rest.
 */
export function categoryCells(baseline: CategoryProfile, batch: CategoryProfile): Cell[] {
  const [before, now] = [countsOf(baseline), countsOf(batch)];
  const [mostBefore, mostNow] = [mostUnlisted(baseline), mostUnlisted(batch)];
  const expectedNow = (mostBefore * batch.count) / baseline.count;
  const isTold = (value: string, cell: Cell) => {
    if (baseline.other === 0) return cell.baseline + cell.batch > mostNow;
    return before.has(value) ? isClearly(cell.baseline, mostBefore) : isClearly(cell.batch, expectedNow);
  };
  const told = [...new Set([...before.keys(), ...now.keys()])]
    .map((value) => ({ value, baseline: before.get(value) ?? mostBefore, batch: now.get(value) ?? 0 }))
    .filter((cell) => isTold(cell.value, cell))
    .sort((a, b) => b.baseline + b.batch - a.baseline - a.batch || (a.value < b.value ? -1 : 1));
  const sum = total(told);
  const rest = { baseline: Math.max(0, baseline.count - sum.baseline), batch: Math.max(0, batch.count - sum.batch) };
  return [...told, rest].map(({ baseline, batch }) => ({ baseline, batch }));
}

/** Above what chance makes of so many rows: by four standard deviations, and some rows where few are expected. */
function isClearly(rows: number, above: number): boolean {
  return rows > above + 4 * Math.sqrt(above) + 4;
}

/** No category has more rows that a profile does not list. */
function mostUnlisted({ top, other }: CategoryProfile): number {
  const listed = top.map(({ count }) => count).sort((a, b) => b - a);
  return other === 0 ? 0 : (listed[Math.min(LISTED, listed.length) - 1] ?? other);
}

function countsOf({ top }: CategoryProfile): Map<string, number> {
  return new Map(top.map(({ value, count }) => [value, count]));
}
