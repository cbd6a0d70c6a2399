import { describe, expect, test } from 'vitest';
import { nextTick, scheduleSchema } from './schedule.ts';

function ticks(cron: string, timeZone: string, from: string, count: number): string[] {
  const found: string[] = [];
  for (let at = new Date(from); found.length < count;) {
    const next = nextTick({ cron, timeZone }, at);
    if (!next) break;
    found.push(next.toISOString());
    at = next;
  }
  return found;
}

describe('a schedule', () => {
  test('follows the clocks of its time zone', () => {
    expect(ticks('0 9 * * MON-FRI', 'America/New_York', '2026-03-06T15:00:00Z', 2)).toEqual([
      '2026-03-09T13:00:00.000Z',
      '2026-03-10T13:00:00.000Z',
    ]);
    expect(ticks('0 9 * * *', 'Asia/Kathmandu', '2026-01-01T00:00:00Z', 1)).toEqual(['2026-01-01T03:15:00.000Z']);
  });

  test('is due when the clocks have jumped over its time in spring, and not twice', () => {
    expect(ticks('30 2 * * *', 'Europe/Berlin', '2026-03-28T02:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  test('is due once where the clocks show its time twice in autumn', () => {
    expect(ticks('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  test('of each half hour goes on through both hours that the clocks show', () => {
    expect(ticks('*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z', 4)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ]);
  });

  test('finds the rarest days', () => {
    expect(ticks('0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', 2)).toEqual([
      '2028-02-29T00:00:00.000Z',
      '2032-02-29T00:00:00.000Z',
    ]);
  });
});

describe('a schedule is refused', () => {
  test.each([
    ['with a word', { cron: 'hourly' }, 'cron', /expected five fields/],
    ['with seconds', { cron: '0 0 3 * * *' }, 'cron', /expected five fields/],
    ['that is a point in time', { cron: '2026-11-25T00:00:00' }, 'cron', /expected five fields/],
    ['with a minute too high', { cron: '61 * * * *' }, 'cron', /Invalid value for minute: 61/],
    ['on a day that never comes', { cron: '0 3 31 2 *' }, 'cron', /never comes/],
    ['in a place that is none', { cron: '0 3 * * *', timeZone: 'Mars/Olympus' }, 'timeZone', /no time zone/],
  ])('%s', (_, schedule, field, message) => {
    const [issue] = scheduleSchema.safeParse(schedule).error?.issues ?? [];
    expect(issue).toMatchObject({ path: [field], message: expect.stringMatching(message) });
  });

  test('in no other case', () => {
    expect(scheduleSchema.parse({ cron: '0 3 * * *' })).toEqual({ cron: '0 3 * * *', timeZone: 'UTC' });
  });
});
