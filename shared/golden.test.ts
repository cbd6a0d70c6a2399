import { expect, test } from 'vitest';
import { firstDifference } from './golden.ts';

test.each([
  ['the same', { a: [1, 'x'] }, { a: [1, 'x'] }, undefined],
  ['within tolerance', [0.5], [0.50005], undefined],
  ['beyond tolerance', [0.5], [0.6], '$[0]: expected 0.5, got 0.6'],
  ['another label', { label: 'a' }, { label: 'b' }, '$.label: expected "a", got "b"'],
  ['fewer items', [1, 2], [1], '$: expected 2 items, got 1'],
  ['an extra field', { a: 1 }, { a: 1, b: 2 }, '$.b: expected undefined, got 2'],
  ['NaN for a number', [1], [Number.NaN], '$[0]: expected 1, got NaN'],
])('golden answers: %s', (_, expected, actual, difference) => {
  expect(firstDifference(expected, actual, 1e-4)).toBe(difference);
});
