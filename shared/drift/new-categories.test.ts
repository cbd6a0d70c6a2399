import { expect, test } from 'vitest';
import type { CategoryProfile } from '../profile.ts';
import { newCategories } from './new-categories.ts';

function column(counts: Record<string, number>, other = 0): CategoryProfile {
  const top = Object.entries(counts).map(([value, count]) => ({ value, count }));
  const count = top.reduce((sum, category) => sum + category.count, other);
  return { name: 'kind', type: 'category', dataType: 'string', count, missing: 0, distinct: top.length, top, other };
}

test('one row of a new category is as likely as the batch is large', () => {
  const found = newCategories(column({ a: 9970 }), column({ a: 29, b: 1 }));
  expect(found?.rows).toBe(1);
  expect(found?.pValue).toBeCloseTo(0.003, 6);
});

test('a new category with a tenth of the rows is no chance', () => {
  expect(newCategories(column({ a: 150 }), column({ a: 90, b: 10 }))?.pValue).toBeLessThan(0.01);
});

test('new categories are to be expected where the baseline has many single ones', () => {
  const single = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`old ${i}`, 1]));
  const fresh = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`new ${i}`, 1]));
  expect(newCategories(column({ a: 50, ...single }), column({ a: 50, ...fresh, 'old 0': 1 }))?.pValue).toBeGreaterThan(
    0.2,
  );
});

test('a listed category without rows was not seen', () => {
  expect(newCategories(column({ a: 100, b: 0 }), column({ a: 60, b: 40 }))?.rows).toBe(40);
});

test('rows that the batch does not list are new where the baseline lists all', () => {
  expect(newCategories(column({ a: 100 }), column({ a: 50, b: 20 }, 30))?.rows).toBe(50);
});

test('no new category is no surprise', () => {
  expect(newCategories(column({ a: 100, b: 50 }), column({ a: 50, b: 20 }))).toEqual({ rows: 0, pValue: 1 });
});

test('a baseline that does not list all that it saw cannot tell', () => {
  expect(newCategories(column({ a: 100 }, 5), column({ b: 50 }))).toBeUndefined();
});
