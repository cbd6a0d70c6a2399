import { describe, expect, it } from 'vitest';
import { afterFailure } from './retry.ts';

const limits = { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 };
const minutes = (count: number) => count * 60_000;

describe('afterFailure', () => {
  it('waits longer after each attempt, until the event has lived for a day', () => {
    const waits: unknown[] = [];
    let now = 0;
    for (let attempts = 1; ; attempts++) {
      const next = afterFailure({ publishedAt: 0, attempts }, 500, limits, now);
      if ('givenUp' in next) {
        expect(next.givenUp).toBe('TimeToLiveExceeded');
        break;
      }
      waits.push((next.at - now) / 1000);
      now = next.at;
    }
    expect(waits).toEqual([10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200]);
  });

  it.each([
    [400, 'BadRequest'],
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [413, 'PayloadTooLarge'],
  ])('does not try again after %i', (status, givenUp) => {
    expect(afterFailure({ publishedAt: 0, attempts: 1 }, status, limits, 0)).toEqual({ givenUp });
  });

  it.each([404, 408, 429, 500, 503, undefined])('tries again after %s', (status) => {
    expect(afterFailure({ publishedAt: 0, attempts: 1 }, status, limits, 5)).toEqual({ at: 10_005 });
  });

  it('stops at the number of attempts', () => {
    const few = { ...limits, maxDeliveryAttempts: 2 };
    expect(afterFailure({ publishedAt: 0, attempts: 2 }, 500, few, minutes(1))).toEqual({
      givenUp: 'MaxDeliveryAttemptsExceeded',
    });
  });
});
