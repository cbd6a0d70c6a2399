import { expect, test } from 'vitest';
import { between, formatDistance, formatDuration } from './duration.ts';

test.each([
  [-5, '0.0 s'],
  [420, '0.4 s'],
  [9_940, '9.9 s'],
  [9_960, '10 s'],
  [59_600, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3_599_900, '1 h'],
  [8 * 3_600_000 + 65_000, '8 h 1 min'],
  [3 * 86_400_000 + 3_600_000, '3 d 1 h'],
])('%i ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

const now = Date.parse('2026-03-04T12:00:00Z');
test.each([
  ['2026-03-04T11:59:58Z', 'just now'],
  ['2026-03-04T11:59:18Z', '42 s ago'],
  ['2026-03-04T11:00:01Z', '59 min ago'],
  ['2026-03-03T11:00:00Z', '25 h ago'],
  ['2026-03-01T11:00:00Z', '3 days ago'],
  ['2026-03-04T12:30:30Z', 'in 30 min'],
])('%s is %s', (at, text) => expect(formatDistance(Date.parse(at), now)).toBe(text));

test('an open end is now', () => {
  expect(between('2026-03-04T11:59:50Z', undefined, now)).toBe(10_000);
  expect(between('2026-03-04T11:59:50Z', '2026-03-04T11:59:51Z', now)).toBe(1_000);
});
