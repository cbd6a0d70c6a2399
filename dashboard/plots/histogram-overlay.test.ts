import { describe, expect, test } from 'vitest';
import {
  overlayNumbers,
  pairCategories,
  stepsOf,
  type CategoryFeature,
  type NumberFeature,
} from './histogram-overlay.ts';

const number = (edges: number[], counts: number[], min: number | null, max: number | null): NumberFeature => ({
  name: 'x',
  type: 'number',
  dataType: 'double',
  count: counts.reduce((sum, rows) => sum + rows, 0),
  missing: 0,
  infinite: 0,
  distinct: 1,
  min,
  max,
  mean: min,
  std: null,
  quantiles: {},
  histogram: { edges, counts },
});
const category = (top: Record<string, number>, other = 0): CategoryFeature => ({
  name: 'x',
  type: 'category',
  dataType: 'string',
  count: Object.values(top).reduce((sum, rows) => sum + rows, other),
  missing: 0,
  distinct: 1,
  top: Object.entries(top).map(([value, count]) => ({ value, count })),
  other,
});

describe('the bars of a histogram', () => {
  test('have the area of their share, and the outer ones end at the extremes', () => {
    expect(stepsOf(number([1, 2], [1, 2, 1], 0, 4))).toEqual([
      { from: 0, to: 1, share: 0.25, density: 0.25 },
      { from: 1, to: 2, share: 0.5, density: 0.5 },
      { from: 2, to: 4, share: 0.25, density: 0.125 },
    ]);
  });

  test('lie by the baseline’s cut points even where all values are beyond them', () => {
    expect(stepsOf(number([1, 2], [0, 0, 3], 5, 6))).toEqual([
      { from: 1, to: 2, share: 0, density: 0 },
      { from: 2, to: 6, share: 1, density: 0.25 },
    ]);
  });

  test('can be seen where all rows have one value', () => {
    const [step] = stepsOf(number([3], [5, 0], 3, 3));
    expect(step).toMatchObject({ to: 3, share: 1 });
    expect(step?.density).toBeGreaterThan(0);
    expect(Number.isFinite(step?.density)).toBe(true);
  });

  test('are none without values', () => {
    expect(stepsOf(number([], [0], null, null))).toEqual([]);
    expect(overlayNumbers(number([1], [1, 1], 0, 2), number([], [0], null, null))).toBeUndefined();
  });
});

test('an overlay spans both sides', () => {
  const overlay = overlayNumbers(number([1, 2], [1, 2, 1], 0, 3), number([1, 2], [0, 1, 3], 1.5, 9));
  expect(overlay).toMatchObject({ low: 0, high: 9, highest: 0.5 });
  const area = overlay?.batch.reduce((sum, { from, to, density }) => sum + (to - from) * density, 0);
  expect(area).toBeCloseTo(1);
});

test('categories are paired, and the rest is put together', () => {
  expect(pairCategories(category({ a: 6, b: 3, c: 1 }), category({ b: 5, d: 5 }), 2)).toEqual([
    { value: 'b', baseline: 0.3, batch: 0.5 },
    { value: 'a', baseline: 0.6, batch: 0 },
    { value: '(other)', baseline: 0.1, batch: 0.5 },
  ]);
  expect(pairCategories(category({ a: 1 }, 1), category({ a: 1 }))).toContainEqual({
    value: '(other)',
    baseline: 0.5,
    batch: 0,
  });
  expect(pairCategories(category({}), category({}))).toEqual([]);
});
