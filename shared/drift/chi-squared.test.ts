import { expect, test } from 'vitest';
import { chiSquared, chiSquaredTail } from './chi-squared.ts';

test('the statistic of a 2×3 table is the sum over expected rows', () => {
  const { statistic, freedom, pValue } = chiSquared([
    { baseline: 10, batch: 20 },
    { baseline: 20, batch: 20 },
    { baseline: 30, batch: 20 },
  ]);
  expect(statistic).toBeCloseTo(16 / 3, 12);
  expect(freedom).toBe(2);
  expect(pValue).toBeCloseTo(Math.exp(-8 / 3), 12);
});

test.each([
  [3.841458820694124, 1, 0.05],
  [18.307038053275146, 10, 0.05],
  [29.58829844507442, 10, 0.001],
  [5.348120627447118, 6, 0.5],
  [140.16944, 100, 0.005],
])('chi-squared of %d with %d degrees of freedom has the tail of the tables', (statistic, freedom, tail) => {
  expect(chiSquaredTail(statistic, freedom)).toBeCloseTo(tail, 6);
});

test('a tail far out is small, not zero', () => {
  expect(chiSquaredTail(200, 2)).toBeCloseTo(Math.exp(-100), 50);
  expect(chiSquaredTail(200, 2)).toBeGreaterThan(0);
});

test.each([
  ['one column', [{ baseline: 5, batch: 7 }]],
  [
    'one column that is not empty',
    [
      { baseline: 5, batch: 7 },
      { baseline: 0, batch: 0 },
    ],
  ],
  [
    'no row on one side',
    [
      { baseline: 5, batch: 0 },
      { baseline: 5, batch: 0 },
    ],
  ],
])('%s has nothing to test', (_, cells) => {
  expect(chiSquared(cells)).toEqual({ statistic: 0, freedom: 0 });
});
