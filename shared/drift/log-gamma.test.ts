import { expect, test } from 'vitest';
import { logChoose, logGamma } from './log-gamma.ts';

test.each([
  [0.5, Math.log(Math.sqrt(Math.PI))],
  [0.25, 1.2880225246980774],
  [1, 0],
  [5, Math.log(24)],
  [171, 706.5730622457874],
])('the logarithm of gamma(%d) is that of the tables', (x, expected) => {
  expect(logGamma(x)).toBeCloseTo(expected, 10);
});

test('choosing 5 of 52 has 2,598,960 ways', () => {
  expect(Math.exp(logChoose(52, 5))).toBeCloseTo(2_598_960, 3);
  expect(logChoose(52, 52)).toBeCloseTo(0, 10);
});
