import { describe, expect, test } from 'vitest';
import { layOutTimeline } from './timeline-layout.ts';

const at = (second: number) => new Date(Date.parse('2026-03-01T10:00:00Z') + second * 1_000).toISOString();
const now = Date.parse(at(40));

describe('a timeline', () => {
  test('of a run that is over ends with it', () => {
    const stages = [
      { startedAt: at(0), finishedAt: at(5) },
      { startedAt: at(5), finishedAt: at(20) },
    ];
    const { bars, totalMs } = layOutTimeline(stages, at(0), at(20), now);
    expect(totalMs).toBe(20_000);
    expect(bars).toEqual([
      { from: 0, to: 0.25, ms: 5_000, open: false },
      { from: 0.25, to: 1, ms: 15_000, open: false },
    ]);
  });

  test('of a run that goes on ends now, and so does its open stage', () => {
    const stages = [{ startedAt: at(0), finishedAt: at(10) }, { startedAt: at(10) }, {}];
    const { bars, totalMs } = layOutTimeline(stages, at(0), undefined, now);
    expect(totalMs).toBe(40_000);
    expect(bars).toEqual([
      expect.objectContaining({ to: 0.25 }),
      { from: 0.25, to: 1, ms: 30_000, open: true },
      undefined,
    ]);
  });

  test('shows the shortest stage too, within the axis', () => {
    const stages = [{ startedAt: at(20), finishedAt: at(20) }];
    const [bar] = layOutTimeline(stages, at(0), at(20), now).bars;
    expect(bar?.ms).toBe(0);
    expect((bar?.to ?? 0) - (bar?.from ?? 0)).toBeGreaterThan(0.005);
    expect(bar?.to).toBeLessThanOrEqual(1);
  });

  test('stands clocks that differ: nothing lies outside, nothing is negative', () => {
    const stages = [{ startedAt: at(-3), finishedAt: at(-4) }, { startedAt: at(50) }];
    for (const bar of layOutTimeline(stages, at(0), undefined, now).bars) {
      expect(bar?.from).toBeGreaterThanOrEqual(0);
      expect(bar?.to).toBeLessThanOrEqual(1);
      expect(bar?.ms).toBeGreaterThanOrEqual(0);
    }
  });

  test.each([
    [0.2, [0]],
    [20, [0, 5, 10, 15, 20]],
    [95, [0, 30, 60, 90]],
    [3 * 86_400, [0, 86_400, 172_800, 259_200]],
    [30 * 86_400, [0, 6, 12, 18, 24, 30].map((day) => day * 86_400)],
  ])('of %d s has round marks', (seconds, marks) => {
    const { ticks } = layOutTimeline([], at(0), at(seconds), now);
    expect(ticks.map(({ ms }) => ms / 1_000)).toEqual(marks);
    expect(ticks.every(({ at: share }) => share >= 0 && share <= 1)).toBe(true);
  });
});
