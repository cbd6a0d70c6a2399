import { total } from './cells.ts';
import type { Cell } from './cells.ts';
import { logGamma } from './log-gamma.ts';

/** Chi-squared test that both sides of a 2×K table come from one distribution; no p-value where one column is left. */
export function chiSquared(cells: Cell[]): { statistic: number; freedom: number; pValue?: number } {
  const seen = cells.filter(({ baseline, batch }) => baseline + batch > 0);
  const { baseline, batch } = total(seen);
  const freedom = seen.length - 1;
  if (freedom < 1 || baseline === 0 || batch === 0) return { statistic: 0, freedom: 0 };
  const statistic = seen.reduce((sum, cell) => {
    const difference = cell.baseline * batch - cell.batch * baseline;
    return sum + difference ** 2 / (cell.baseline + cell.batch) / baseline / batch;
  }, 0);
  return { statistic, freedom, pValue: chiSquaredTail(statistic, freedom) };
}

/**
 * Probability that chi-squared is at least so large: the upper incomplete gamma function, by its series or its continued
 * fraction (Numerical Recipes, 3rd edition, 6.2). Written out because the package that has it, `@stdlib`'s gammainc,
 * brings 200 others along.
 */
export function chiSquaredTail(statistic: number, freedom: number): number {
  const [a, x] = [freedom / 2, statistic / 2];
  if (x <= 0) return 1;
  const factor = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? Math.max(0, 1 - factor * lowerSeries(a, x)) : factor * upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Lentz's method; each factor tends to 1. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; Math.abs(c * d - 1) > 4 * Number.EPSILON; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= c * d;
  }
  return fraction;
}
