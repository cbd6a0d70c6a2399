import { describe, expect, test } from 'vitest';
import { coveredAt, FOLDERS_LIMIT, scheduledFolders } from './scheduled-folders.ts';
import { latestTick, nextTick, type Schedule } from './schedule.ts';

const DAYS = 'landing/a/{yyyy}/{MM}/{dd}/';
const utc = (cron: string): Schedule => ({ cron, timeZone: 'UTC' });

/** The folders of a run that is due at one time, after one at another. */
function after(prefix: string, schedule: Schedule, last: string, due: string): string[] {
  const covered = coveredAt(prefix, schedule, new Date(last));
  return scheduledFolders(prefix, schedule, new Date(due), covered).folders.map((path) =>
    path.slice('landing/a/'.length),
  );
}

describe('a run goes over', () => {
  test.each([
    ['the day before, daily', DAYS, '0 3 * * *', '2026-03-04T03:00Z', '2026-03-05T03:00Z', ['2026/03/04/']],
    [
      'the days since Friday, on Monday',
      DAYS,
      '0 3 * * MON-FRI',
      '2026-03-06T03:00Z',
      '2026-03-09T03:00Z',
      ['2026/03/06/', '2026/03/07/', '2026/03/08/'],
    ],
    [
      'all days of a week, weekly',
      DAYS,
      '0 3 * * MON',
      '2026-03-02T03:00Z',
      '2026-03-09T03:00Z',
      ['02', '03', '04', '05', '06', '07', '08'].map((day) => `2026/03/${day}/`),
    ],
    [
      'the days that were missed',
      DAYS,
      '0 3 * * *',
      '2026-03-04T03:00Z',
      '2026-03-07T03:00Z',
      ['2026/03/04/', '2026/03/05/', '2026/03/06/'],
    ],
    [
      'the day that goes on, where it is due each hour',
      DAYS,
      '0 * * * *',
      '2026-03-04T04:00Z',
      '2026-03-04T05:00Z',
      ['2026/03/04/'],
    ],
    [
      'the day that has just ended, where it is due each hour',
      DAYS,
      '0 * * * *',
      '2026-03-04T23:00Z',
      '2026-03-05T00:00Z',
      ['2026/03/04/'],
    ],
    [
      'the hours that were missed',
      'landing/a/{dd}-{HH}/',
      '5 * * * *',
      '2026-03-04T22:05Z',
      '2026-03-05T01:05Z',
      ['04-22/', '04-23/', '05-00/'],
    ],
    [
      'the month that goes on, where it is due each week',
      'landing/a/{yyyy}-{MM}/',
      '0 3 * * MON',
      '2026-03-02T03:00Z',
      '2026-03-09T03:00Z',
      ['2026-03/'],
    ],
    ['the year that has ended', 'landing/a/{yyyy}/', '0 3 1 * *', '2025-12-01T03:00Z', '2026-01-01T03:00Z', ['2025/']],
    [
      'its folder, where that has no dates',
      'landing/a/all/',
      '0 3 * * *',
      '2026-03-04T03:00Z',
      '2026-03-09T03:00Z',
      ['all/'],
    ],
  ] as const)('%s', (_, prefix, cron, last, due, folders) => {
    // prettier-ignore
    expect(after(prefix, utc(cron), last, due)).toEqual(folders);
  });

  test('the day that ended at midnight where its clocks are', () => {
    const berlin = { cron: '0 0 * * *', timeZone: 'Europe/Berlin' };
    expect(after(DAYS, berlin, '2026-03-04T23:00Z', '2026-03-05T23:00Z')).toEqual(['2026/03/05/']);
    expect(after(DAYS, berlin, '2026-07-04T22:00Z', '2026-07-05T22:00Z')).toEqual(['2026/07/05/']);
  });

  test('the day before a schedule was seen first, and what it was not due for until then', () => {
    expect(after(DAYS, utc('0 3 * * *'), '2026-03-05T02:00Z', '2026-03-05T03:00Z')).toEqual(['2026/03/04/']);
    expect(after(DAYS, utc('0 3 * * MON'), '2026-03-05T12:00Z', '2026-03-09T03:00Z')).toHaveLength(7);
  });

  test('no more than it can, the newest, and says from where on it could not', () => {
    const { folders, from, leftFrom } = scheduledFolders(DAYS, utc('0 3 * * *'), new Date('2026-03-05T03:00Z'), '2020-01-01T00:00:00.000Z'); // prettier-ignore
    expect(folders).toHaveLength(FOLDERS_LIMIT);
    expect(folders.at(-1)).toBe('landing/a/2026/03/04/');
    expect([`landing/a/${from.slice(0, 10).replace(/-/g, '/')}/`, leftFrom]).toEqual([
      folders[0],
      'landing/a/2020/01/01/',
    ]);
  });
});

test.each([
  ['UTC', '0 3 * * MON-FRI'],
  ['Europe/Berlin', '30 2 * * *'],
  ['Europe/Berlin', '0 0 * * MON'],
  ['America/New_York', '0 */7 * * *'],
  ['Pacific/Kiritimati', '15 1 2,9,30 * *'],
])('no day is left out, and none that has ended comes twice: in %s at %s', (timeZone, cron) => {
  const schedule = { cron, timeZone };
  const times = new Map<string, number>();
  let last = new Date('2026-02-20T12:00Z');
  for (let due = nextTick(schedule, last); due && due < new Date('2026-04-20T00:00Z'); due = nextTick(schedule, last)) {
    const { folders } = scheduledFolders('{MM}{dd}/', schedule, due, coveredAt('{MM}{dd}/', schedule, last));
    for (const folder of folders) times.set(folder, (times.get(folder) ?? 0) + 1);
    last = due;
  }
  const wanted = [...times.keys()].filter((day) => day >= '0301' && day < '0331');
  expect(wanted).toHaveLength(30);
  const isDaily = !cron.includes('/');
  if (isDaily) expect(new Set(times.values())).toEqual(new Set([1]));
});

test('what was missed counts once, at the last of its times', () => {
  const hourly = utc('0 * * * *');
  const latest = (now: string) => latestTick(hourly, new Date('2026-03-01T00:30:00Z'), new Date(now))?.toISOString();
  expect(latest('2026-03-01T05:59:59.500Z')).toBe('2026-03-01T05:00:00.000Z');
  expect(latest('2026-03-01T06:00:00.000Z')).toBe('2026-03-01T06:00:00.000Z');
  expect(latest('2026-03-01T00:59:59.999Z')).toBeUndefined();
});
