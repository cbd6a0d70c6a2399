import { expect, test } from 'vitest';
import { formatSpan } from './span.ts';

/** Intl parts its words by thin and narrow spaces. */
const plain = (text: string) => text.replace(/\s/g, ' ');

test.each([
  ['2026-02-01T00:00:00.000Z', '2026-02-02T00:00:00.000Z', 'Feb 1, 2026'],
  ['2026-02-01T00:00:00.000Z', '2026-02-04T00:00:00.000Z', 'Feb 1 – 3, 2026'],
  ['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', 'Feb 1 – 28, 2026'],
  ['2026-02-01T08:00:00.000Z', '2026-02-01T09:00:00.000Z', 'Feb 1, 2026, 8:00 – 9:00 AM UTC'],
])('from %s to %s is %s in any zone', (from, to, words) => {
  expect(plain(formatSpan(from, to, 'en'))).toBe(words);
});
