import { expect, test } from 'vitest';
import { within } from './deadline.ts';

test('what ends in time is passed on, value or error, and is not told to stop', async () => {
  let told: AbortSignal | undefined;
  const done = async (signal: AbortSignal) => {
    told = signal;
    return 'done';
  };
  expect(await within(1_000, done)).toBe('done');
  expect(told?.aborted).toBe(false);
  await expect(within(1_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

test('what does not end is told to stop and waited for no longer, heed it or not', async () => {
  let told: AbortSignal | undefined;
  const never = (signal: AbortSignal) => {
    told = signal;
    return new Promise<never>(() => {});
  };
  await expect(within(20, never)).rejects.toThrow('no answer within 0.02 s');
  expect(told?.aborted).toBe(true);
});
