import { describe, expect, test } from 'vitest';
import { backOff, begun, concluded, isDue, newState, type Outcome, type SourceState } from './source-state.ts';

const daily = { cron: '0 3 * * *', timeZone: 'Europe/Berlin' };
const at = (text: string) => new Date(`2026-${text}Z`);
const met = newState('web', at('03-01T12:00:00'));
const error = { reason: 'NotFound', message: 'm', hint: 'h' };

describe('a source is due', () => {
  test('at the first tick after it was met, not before, and not for what was before', () => {
    expect(isDue(daily, met, at('03-02T01:59:59'))).toBe(false);
    expect(isDue(daily, met, at('03-02T02:00:00'))).toBe(true);
  });

  test('once for all ticks that it missed', () => {
    const late = at('03-09T17:00:00');
    expect(isDue(daily, met, late)).toBe(true);
    const checked = concluded(begun(met, late.toISOString()), { status: 'Unchanged' }, late.toISOString(), true);
    expect(isDue(daily, checked, at('03-09T17:01:00'))).toBe(false);
    expect(isDue(daily, checked, at('03-10T02:00:00'))).toBe(true);
  });

  test('at the same time of day when the clocks have changed', () => {
    const checked = { ...met, lastCheckedAt: at('03-28T02:00:01').toISOString() };
    expect(isDue(daily, checked, at('03-29T00:59:59'))).toBe(false);
    expect(isDue(daily, checked, at('03-29T01:00:00'))).toBe(true);
  });

  test('never by itself without a schedule', () => expect(isDue(undefined, met, at('12-31T00:00:00'))).toBe(false));
});

describe('a source that fails', () => {
  const fail = (state: SourceState, time: string, more: Partial<Extract<Outcome, { status: 'Failed' }>> = {}) =>
    concluded(begun(state, time), { status: 'Failed', error, ...more }, time, true);
  const [now, retryIn] = ['2026-03-01T12:00:00.000Z', (ms: number) => new Date(Date.parse('2026-03-01T12:00:00.000Z') + ms).toISOString()]; // prettier-ignore

  test('is tried again after pauses that double, up to six hours', () => {
    expect([1, 2, 3, 4].map(backOff)).toEqual([60_000, 120_000, 240_000, 480_000]);
    expect(backOff(10)).toBe(6 * 3_600_000);
    expect(backOff(5_000)).toBe(6 * 3_600_000);
    const twice = fail(fail(met, now), now);
    expect(twice).toMatchObject({ status: 'Failed', failures: 2, error, retryAt: retryIn(120_000) });
    expect([isDue(daily, twice, new Date(retryIn(119_999))), isDue(daily, twice, new Date(retryIn(120_000)))]).toEqual([
      false,
      true,
    ]);
  });

  test('waits as long as the server asks, a day at most, and never shorter than it would by itself', () => {
    expect(fail(met, now, { retryAfterMs: 3_600_000 }).retryAt).toBe(retryIn(3_600_000));
    expect(fail(met, now, { retryAfterMs: 1_000 }).retryAt).toBe(retryIn(60_000));
    expect(fail(met, now, { retryAfterMs: 1e12 }).retryAt).toBe(retryIn(24 * 3_600_000));
  });

  test('keeps what it has seen, and what landed before the failure counts', () => {
    const seen = { address: 'a', eTag: '1' };
    const failed = fail({ ...met, seen }, now, { files: ['landing/a.csv'] });
    expect(failed).toMatchObject({ seen, lastChangedAt: now });
    expect(fail(met, now)).not.toHaveProperty('lastChangedAt');
  });

  test('forgets its failures with the next success, and the tick after that counts again', () => {
    const well = concluded(begun(fail(met, now), now), { status: 'Changed', files: ['a'] }, now, true);
    expect(well).toMatchObject({ status: 'Changed', failures: 0, lastChangedAt: now });
    expect(well).not.toHaveProperty('error');
    expect(well).not.toHaveProperty('retryAt');
  });

  test('keeps warnings for a week after they came last, the newest first, each once, and no more than ten', () => {
    const warn = (state: SourceState, time: string, ...messages: string[]) =>
      concluded(
        state,
        { status: 'Unchanged', warnings: messages.map((message) => ({ ...error, message })) },
        time,
        true,
      );
    const first = warn(met, '2026-03-01T12:00:00.000Z', 'a', 'b');
    const second = warn(first, '2026-03-02T12:00:00.000Z', 'b');
    expect(second.warnings?.map(({ message, at: time }) => `${message} ${time.slice(8, 10)}`)).toEqual([
      'b 02',
      'a 01',
    ]);
    const third = warn(second, '2026-03-08T13:00:00.000Z');
    expect(third.warnings).toEqual([{ ...error, message: 'b', at: '2026-03-02T12:00:00.000Z' }]);
    expect(warn(third, '2026-03-10T12:00:00.000Z')).not.toHaveProperty('warnings');
    const many = Array.from({ length: 12 }, (_, index) => `m${index}`);
    expect(warn(second, '2026-03-03T12:00:00.000Z', ...many).warnings).toHaveLength(10);
  });

  test('is left alone without a schedule, but what is left over is fetched all the same', () => {
    expect(concluded(met, { status: 'Failed', error }, now, false)).not.toHaveProperty('retryAt');
    const partial = concluded(met, { status: 'Changed', files: ['a'], isPartial: true }, now, false);
    expect(isDue(undefined, partial, new Date(retryIn(60_000)))).toBe(true);
  });
});
