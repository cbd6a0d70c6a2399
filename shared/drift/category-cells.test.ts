import { expect, test } from 'vitest';
import type { CategoryProfile } from '../profile.ts';
import { categoryCells } from './category-cells.ts';

function column(counts: Record<string, number>, other = 0): CategoryProfile {
  const top = Object.entries(counts).map(([value, count]) => ({ value, count }));
  const count = top.reduce((sum, category) => sum + category.count, other);
  return { name: 'kind', type: 'category', dataType: 'string', count, missing: 0, distinct: top.length, top, other };
}

test('each category has a cell, the most frequent of both sides first', () => {
  expect(categoryCells(column({ a: 5, b: 9 }), column({ a: 6, b: 1, c: 20 }))).toEqual([
    { baseline: 0, batch: 20 },
    { baseline: 5, batch: 6 },
    { baseline: 9, batch: 1 },
    { baseline: 0, batch: 0 },
  ]);
});

test('categories as frequent as each other are in the order of their names, whichever side has them', () => {
  const [first, second] = categoryCells(column({ b: 3 }), column({ a: 3 }));
  expect([first, second]).toEqual([
    { baseline: 0, batch: 3 },
    { baseline: 3, batch: 0 },
  ]);
});

test('a category near the end of a list that is not complete stays among the rest', () => {
  const cells = categoryCells(column({ a: 500, b: 22, c: 20 }, 300), column({ a: 480, b: 20, c: 19, d: 25 }, 290));
  expect(cells).toEqual([
    { baseline: 500, batch: 480 },
    { baseline: 342, batch: 354 },
  ]);
});

test('a category that the list cannot have left out is told, against the most that it can have had', () => {
  const cells = categoryCells(column({ a: 500, b: 20 }, 300), column({ a: 500, b: 20, d: 200 }, 100));
  expect(cells).toContainEqual({ baseline: 20, batch: 200 });
});
