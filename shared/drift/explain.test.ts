import { expect, test } from 'vitest';
import { explain } from './explain.ts';

test.each([
  [{ value: 0.8341, limit: 0.2, pValue: 1e-9, exceeded: true }, 'PSI 0.834 is above 0.2 (p < 0.0001)'],
  [{ value: 0.8341, limit: 0.2, pValue: 0.00042, exceeded: true }, 'PSI 0.834 is above 0.2 (p = 0.00042)'],
  [
    { value: 0.25, limit: 0.2, pValue: 0.31, exceeded: false },
    'PSI 0.25 is above 0.2, but chance may explain it (p = 0.31)',
  ],
  [{ value: 0.25, limit: 0.2, exceeded: false }, 'PSI 0.25 is above 0.2, but too few rows came to tell it from chance'],
])('%o is told in words and numbers', (measure, words) => {
  expect(explain('psi', measure)).toBe(words);
});

test('shares are told in percent', () => {
  const measure = { value: 0.123456, limit: 0.1, pValue: 1e-5, exceeded: true };
  expect(explain('missing', measure)).toBe('change of the share of missing values 12.3 % is above 10 % (p < 0.0001)');
});
