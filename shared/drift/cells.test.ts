import { expect, test } from 'vitest';
import { joinNeighbours, joinSparse, total } from './cells.ts';

const cells = (...pairs: [number, number][]) => pairs.map(([baseline, batch]) => ({ baseline, batch }));

test('twenty bins are joined two by two to ten, and ten stay as they are', () => {
  const twenty = Array.from({ length: 20 }, (_, i) => ({ baseline: i, batch: 1 }));
  const ten = joinNeighbours(twenty, 10);
  expect(ten).toHaveLength(10);
  expect(ten[1]).toEqual({ baseline: 5, batch: 2 });
  expect(joinNeighbours(ten, 10)).toEqual(ten);
});

test('fifteen bins are joined to eight, the last of one, and none gets lost', () => {
  const fifteen = Array.from({ length: 15 }, () => ({ baseline: 2, batch: 1 }));
  expect(joinNeighbours(fifteen, 10)).toHaveLength(8);
  expect(total(joinNeighbours(fifteen, 10))).toEqual({ baseline: 30, batch: 15 });
});

test('a cell that expects too few rows is joined with the next, and what is left at the end with the last', () => {
  const joined = joinSparse(cells([80, 6], [30, 3], [30, 3], [60, 6], [20, 2]), { either: 5, baseline: 5 });
  expect(joined).toEqual(cells([80, 6], [60, 6], [80, 8]));
});

test('where the baseline needs more rows in a cell, more are joined', () => {
  const joined = joinSparse(cells([15, 150], [15, 150], [15, 150], [15, 150]), { either: 5, baseline: 30 });
  expect(joined).toEqual(cells([30, 300], [30, 300]));
});

test('a handful of rows leaves one cell', () => {
  expect(joinSparse(cells([50, 2], [50, 2], [50, 0]), { either: 5, baseline: 5 })).toEqual(cells([150, 4]));
});
