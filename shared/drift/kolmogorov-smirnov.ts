import { total } from './cells.ts';
import type { Cell } from './cells.ts';
import { logChoose } from './log-gamma.ts';

/** Above so many rows the sum of `oneSidedTail` is long, and its limit as good. */
const MOST_SUMMED = 100_000;

/** Two-sample Kolmogorov-Smirnov test over ordered bins: the largest distance between both distribution functions. */
export function kolmogorovSmirnov(cells: Cell[]): { distance: number; pValue?: number } {
  const { baseline, batch } = total(cells);
  if (baseline === 0 || batch === 0) return { distance: 0 };
  let [left, right, distance] = [0, 0, 0];
  for (const cell of cells) {
    left += cell.baseline;
    right += cell.batch;
    distance = Math.max(distance, Math.abs(left / baseline - right / batch));
  }
  // As scipy's ks_2samp does: the exact one-sample distribution, of as many rows as both samples are worth together.
  const rows = Math.max(1, Math.round((baseline * batch) / (baseline + batch)));
  return { distance, pValue: kolmogorovTail(distance, rows) };
}

/**
 * Probability that a sample's distribution function is at least so far from the true one, on either side. In the limit
 * it is `2(s - s⁴ + s⁹ - …)` of the one-sided probability s (Kolmogorov 1933); s itself is exact here. That makes a
 * probability below 0.05 right to 1e-5 of itself, and a large one to 1e-2 for 5 rows and 1e-3 for 50.
 */
export function kolmogorovTail(distance: number, rows: number): number {
  const s = oneSidedTail(distance, rows);
  if (s > 0.9) return 1;
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += (k % 2 === 1 ? 1 : -1) * s ** (k * k);
  return Math.min(1, 2 * sum);
}

/** Birnbaum and Tingey 1951, Ann. Math. Stat. 22:592; its limit by Maag and Dicaire 1971, Biometrika 58:653. */
function oneSidedTail(distance: number, rows: number): number {
  if (distance <= 0) return 1;
  if (rows > MOST_SUMMED) return Math.exp(-((6 * rows * distance + 1) ** 2) / (18 * rows));
  let sum = 0;
  for (let j = 0; j <= rows * (1 - distance); j++) {
    const reached = distance + j / rows;
    if (reached >= 1) break;
    sum += Math.exp(logChoose(rows, j) + (j - 1) * Math.log(reached) + (rows - j) * Math.log(1 - reached));
  }
  return Math.min(1, distance * sum);
}
