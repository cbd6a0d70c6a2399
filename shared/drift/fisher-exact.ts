import { chiSquared } from './chi-squared.ts';
import { logChoose } from './log-gamma.ts';

/** Above so many possible tables chi-squared is as good, and quick. */
const MOST_TABLES = 100_000;

export interface Share {
  hits: number;
  rows: number;
}

/**
 * Fisher's exact test that two shares differ by chance, two-sided; undefined where no row or every row is a hit. Exact,
 * because a single hit where ten thousand rows had none is significant to chi-squared and is not.
 */
export function fisherExact(a: Share, b: Share): number | undefined {
  const hits = a.hits + b.hits;
  const [least, most] = [Math.max(0, hits - b.rows), Math.min(hits, a.rows)];
  if (least === most) return undefined;
  if (most - least > MOST_TABLES) {
    const misses = { baseline: a.rows - a.hits, batch: b.rows - b.hits };
    return chiSquared([{ baseline: a.hits, batch: b.hits }, misses]).pValue;
  }
  const ways = logChoose(a.rows + b.rows, hits);
  const logProbability = (k: number) => logChoose(a.rows, k) + logChoose(b.rows, hits - k) - ways;
  // The same table may come out a rounding error apart.
  const observed = logProbability(a.hits) + 1e-7;
  let sum = 0;
  for (let k = least; k <= most; k++) {
    const log = logProbability(k);
    if (log <= observed) sum += Math.exp(log);
  }
  return Math.min(1, sum);
}
