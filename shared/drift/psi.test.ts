import { expect, test } from 'vitest';
import { psi } from './psi.ts';

test('alike shares have an index of 0, however many rows there are', () => {
  const cells = [
    { baseline: 1_000_000, batch: 500_000 },
    { baseline: 3_000_000, batch: 1_500_000 },
  ];
  expect(psi(cells, 0)).toBe(0);
  expect(psi(cells)).toBeCloseTo(0, 6);
});

test('without added rows it is the plain sum', () => {
  const cells = [
    { baseline: 50, batch: 30 },
    { baseline: 50, batch: 70 },
  ];
  expect(psi(cells, 0)).toBeCloseTo(-0.2 * Math.log(0.6) + 0.2 * Math.log(1.4), 12);
});

test('half a row in each cell keeps an empty one finite', () => {
  const cells = [
    { baseline: 10, batch: 0 },
    { baseline: 10, batch: 20 },
  ];
  const emptied = 0.5 / 21;
  expect(psi(cells, 0)).toBe(Infinity);
  expect(psi(cells)).toBeCloseTo(
    (emptied - 0.5) * Math.log(emptied / 0.5) * 1 + (0.5 - emptied) * Math.log((1 - emptied) / 0.5),
    12,
  );
});

test('a cell that both sides leave empty changes nothing', () => {
  const cells = [
    { baseline: 10, batch: 5 },
    { baseline: 10, batch: 20 },
  ];
  expect(psi([...cells, { baseline: 0, batch: 0 }])).toBe(psi(cells));
});
