import { describe, expect, test } from 'vitest';
import { foldersOf, grain, intervals, startOf } from './intervals.ts';

const span = (from: string, to: string) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
const texts = (found: { from: string; to: string }[]) =>
  found.map(({ from, to }) => `${from.slice(0, 16)} ${to.slice(0, 16)}`);

describe('a span is parted', () => {
  test.each([
    ['day', '2026-02-27', '2026-03-02', ['2026-02-27T00:00 2026-02-28T00:00', '2026-02-28T00:00 2026-03-01T00:00']],
    ['month', '2025-12-01', '2026-02-01', ['2025-12-01T00:00 2026-01-01T00:00', '2026-01-01T00:00 2026-02-01T00:00']],
    ['hour', '2026-03-29T01:00Z', '2026-03-29T03:00Z', ['2026-03-29T01:00 2026-03-29T02:00']],
    ['week', '2026-03-02', '2026-03-16', ['2026-03-02T00:00 2026-03-09T00:00', '2026-03-09T00:00 2026-03-16T00:00']],
  ] as const)('by %s', (unit, from, to, first) => {
    expect(texts(intervals(span(from, to), unit, 100)).slice(0, first.length)).toEqual(first);
  });

  test('at its ends', () => {
    expect(texts(intervals(span('2026-03-04T12:00Z', '2026-03-09T06:00Z'), 'week', 100))).toEqual([
      '2026-03-04T12:00 2026-03-09T00:00',
      '2026-03-09T00:00 2026-03-09T06:00',
    ]);
  });

  test('no further than the limit and one', () => {
    expect(intervals(span('2000-01-01', '2026-01-01'), 'hour', 10)).toHaveLength(11);
  });

  test('not at all if it ends before it begins', () => {
    expect(intervals(span('2026-01-02', '2026-01-01'), 'day', 10)).toEqual([]);
  });
});

test('a week begins on Monday, also for a Sunday', () => {
  expect(startOf('week', new Date('2026-03-08T23:59:59Z')).toISOString()).toBe('2026-03-02T00:00:00.000Z');
  expect(startOf('week', new Date('2026-03-09T00:00:00Z')).toISOString()).toBe('2026-03-09T00:00:00.000Z');
});

test('the folders of an interval are those of its finest placeholder', () => {
  const week = span('2026-03-30', '2026-04-02');
  expect(foldersOf('landing/a/{yyyy}/{MM}/{dd}/', week)).toEqual([
    'landing/a/2026/03/30/',
    'landing/a/2026/03/31/',
    'landing/a/2026/04/01/',
  ]);
  expect(foldersOf('landing/a/{yyyy}-{MM}/', week)).toEqual(['landing/a/2026-03/', 'landing/a/2026-04/']);
  expect(foldersOf('landing/a/{HH}/', span('2026-03-01', '2026-03-01T02:00Z'))).toEqual([
    'landing/a/00/',
    'landing/a/01/',
  ]);
  expect(foldersOf('landing/a/', week)).toEqual(['landing/a/']);
  expect(['{yyyy}/', '{yyyy}/{MM}/', 'x/{dd}/', '{HH}'].map(grain)).toEqual([undefined, 'month', 'day', 'hour']);
});
