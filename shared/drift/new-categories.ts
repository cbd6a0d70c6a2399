import type { CategoryProfile } from '../profile.ts';
import { logChoose } from './log-gamma.ts';

/**
 * Rows of the batch whose category the baseline never saw, and how often chance deals the same rows to both sides so that
 * as many are new; undefined where the baseline does not list all that it saw.
 */
export function newCategories(
  baseline: CategoryProfile,
  batch: CategoryProfile,
): { rows: number; pValue: number } | undefined {
  if (baseline.other > 0) return undefined;
  const seen = new Map(baseline.top.map(({ value, count }) => [value, count]));
  const rows = batch.top.reduce((sum, { value, count }) => sum + (seen.get(value) ? 0 : count), batch.other);
  for (const { value, count } of batch.top) seen.set(value, (seen.get(value) ?? 0) + count);
  const sizes = Map.groupBy(seen.values(), (size) => size);
  const categories = [...sizes].map(([size, same]) => ({ size, times: same.length }));
  // The others are new, and each of their rows counts as a category: they are rare, and their sizes are not told.
  return { rows, pValue: tail(rows, [...categories, { size: 1, times: batch.other }], batch.count, baseline.count) };
}

/**
 * Chernoff's bound of the probability that the categories which happen to lie in the batch alone have so many rows
 * together. It holds as they shut each other out (Joag-Dev and Proschan 1983), and is close where only one is new. A test
 * of the share would not do: the rows of a category are new together, or none of them.
 */
function tail(rows: number, categories: { size: number; times: number }[], batch: number, baseline: number): number {
  const alone = categories
    .filter(({ size }) => size <= batch)
    .map((it) => ({ ...it, log: logChoose(batch, it.size) - logChoose(batch + baseline, it.size) }));
  const bound = (tilt: number) =>
    alone.reduce((sum, { size, times, log }) => sum + times * logMean(log, tilt * size), -tilt * rows);
  let [low, high] = [0, 40];
  for (let i = 0; i < 60; i++) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (bound(left) < bound(right)) high = right;
    else low = left;
  }
  return Math.min(1, Math.exp(bound((low + high) / 2)));
}

/** Logarithm of the mean of what is exp(x) with probability exp(log), and 1 without. */
function logMean(log: number, x: number): number {
  return log + x > 30 ? log + x : Math.log1p(Math.exp(log + x) - Math.exp(log));
}
