import { expect, test } from 'vitest';
import { fisherExact } from './fisher-exact.ts';

test('a lady who tells three of four cups of tea may have guessed (Fisher 1935)', () => {
  expect(fisherExact({ hits: 3, rows: 4 }, { hits: 1, rows: 4 })).toBeCloseTo(34 / 70, 12);
  expect(fisherExact({ hits: 4, rows: 4 }, { hits: 0, rows: 4 })).toBeCloseTo(2 / 70, 12);
});

test('a single hit is as likely as the side it falls on is large', () => {
  expect(fisherExact({ hits: 1, rows: 30 }, { hits: 0, rows: 9970 })).toBeCloseTo(0.003, 12);
});

test.each([
  ['no hit', 0, 0],
  ['nothing but hits', 10, 20],
])('%s at all has nothing to test', (_, a, b) => {
  expect(fisherExact({ hits: a, rows: 10 }, { hits: b, rows: 20 })).toBeUndefined();
});

test('many millions of rows take the short way, to the same answer', () => {
  const exact = fisherExact({ hits: 99_000, rows: 200_000 }, { hits: 1000, rows: 2000 }) ?? 0;
  const short = fisherExact({ hits: 990_000, rows: 2_000_000 }, { hits: 990_000, rows: 2_000_000 });
  expect(exact).toBeGreaterThan(0.5);
  expect(short).toBeCloseTo(1, 6);
});
