import { expect, test } from 'vitest';
import { timesWithin } from './times-within.ts';

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

test.each([
  ['a review until 2026-11-27T18:05:48.338Z', 'a review until 27 Nov 2026, 18:05'],
  ['from 2026-11-27T18:05Z to 2026-11-28T00:00:00Z', 'from 27 Nov 2026, 18:05 to 28 Nov 2026, 00:00'],
  ['epoch 3 of 60 (5 %)', 'epoch 3 of 60 (5 %)'],
])('%s is told as %s', (text, told) => expect(timesWithin(text, format)).toBe(told));
