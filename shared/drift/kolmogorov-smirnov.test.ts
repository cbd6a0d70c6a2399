import { expect, test } from 'vitest';
import { kolmogorovSmirnov, kolmogorovTail } from './kolmogorov-smirnov.ts';

test('the distance is the largest between the two running shares, on either side', () => {
  const cells = [
    { baseline: 5, batch: 1 },
    { baseline: 3, batch: 1 },
    { baseline: 2, batch: 8 },
  ];
  expect(kolmogorovSmirnov(cells).distance).toBeCloseTo(0.6, 12);
  expect(kolmogorovSmirnov(cells.toReversed()).distance).toBeCloseTo(0.6, 12);
});

test('alike samples are no surprise, and samples apart are a great one', () => {
  expect(
    kolmogorovSmirnov([
      { baseline: 50, batch: 50 },
      { baseline: 50, batch: 50 },
    ]).pValue,
  ).toBe(1);
  expect(
    kolmogorovSmirnov([
      { baseline: 50, batch: 0 },
      { baseline: 0, batch: 50 },
    ]).pValue,
  ).toBeLessThan(1e-12);
});

test('a side without rows has nothing to test', () => {
  expect(kolmogorovSmirnov([{ baseline: 5, batch: 0 }])).toEqual({ distance: 0 });
});

test.each([
  [10, 0.40925, 0.05],
  [20, 0.35241, 0.01],
  [35, 0.22425, 0.05],
])('the tail for %d rows is that of the tables (Miller 1956)', (rows, distance, tail) => {
  expect(kolmogorovTail(distance, rows)).toBeCloseTo(tail, 4);
});

test('the tail of very many rows goes on where the exact one ends', () => {
  const distance = 1.628 / Math.sqrt(100_000);
  const [exact, limit] = [kolmogorovTail(distance, 100_000), kolmogorovTail(distance, 100_001)];
  expect(exact).toBeCloseTo(0.01, 3);
  expect(limit / exact).toBeCloseTo(1, 3);
});
