import { expect, test } from 'vitest';
import { firstDifference } from './golden.ts';
import { gate } from './gate.ts';

test.each([
  ['good enough', { accuracy: 0.95 }, 'pass', 'accuracy 0.95 is at least 0.9'],
  ['exactly the minimum', { accuracy: 0.9 }, 'pass', 'accuracy 0.9 is at least 0.9'],
  ['too low', { accuracy: 0.5 }, 'reject', 'accuracy 0.5 is below the minimum 0.9'],
  ['missing', {}, 'reject', "accuracy is missing from the training job's metrics"],
  ['not a number', { accuracy: Number.NaN }, 'reject', 'accuracy is NaN, not a finite number'],
])('a metric that is %s', (_, metrics, decision, reason) => {
  expect(gate(metrics as Record<string, number>, { accuracy: { min: 0.9 } })).toEqual({ decision, reasons: [reason] });
});

test('a maximum holds too, and without limits all pass', () => {
  expect(gate({ loss: 2 }, { loss: { max: 1 } }).reasons).toEqual(['loss 2 is above the maximum 1']);
  expect(gate({}, {})).toEqual({ decision: 'pass', reasons: [] });
});

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
