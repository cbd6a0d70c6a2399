import { expect, test } from 'vitest';
import { runOrchestration } from '../tests/kit/orchestration-kit.ts';
import type { Survey } from './activities/collect.ts';
import { collector } from './collector.ts';

const limits = { quietMs: 5_000, maxWaitMs: 60_000, maxFiles: 100 };
const start = Date.parse('2026-01-01T00:00:00Z');
const iso = (seconds: number) => new Date(start + seconds * 1_000).toISOString();

/** Runs the collector over a landing zone in which a file arrives at each of the given seconds. */
async function collect(arrivals: number[], over: { active?: boolean; marked?: boolean; files?: number } = {}) {
  const activities = (now: () => number) => ({
    surveyLanding(): Survey {
      if (over.active) return { ready: false, because: 'iris-x is active' };
      const here = arrivals.filter((second) => second * 1_000 <= now());
      if (here.length === 0) return { ready: false, because: 'nothing waits' };
      const survey = {
        waiting: here.length,
        marked: over.marked ?? false,
        oldestAt: iso(here[0] ?? 0),
        newestAt: iso(here.at(-1) ?? 0),
      };
      return { ready: true, limits, survey };
    },
    closeBatch: ({ batchId }: { batchId: string }) => ({ runId: `iris-${batchId}`, files: over.files ?? 1 }),
    startRun: () => undefined,
  });
  let elapsed = 0;
  return runOrchestration(
    (ctx) => {
      const steps = collector(ctx);
      return Object.create(steps, {
        next: {
          value: (value: unknown) => {
            elapsed = ctx.df.currentUtcDateTime.getTime() - start;
            return steps.next(value as never);
          },
        },
      }) as typeof steps;
    },
    {
      input: { pipeline: 'iris' },
      instanceId: 'collector:iris',
      activities: activities(() => elapsed),
      start: new Date(start),
    },
  );
}

test('a batch closes when the landing zone has been quiet', async () => {
  const run = await collect([0, 3, 6]);
  expect(run.calls.map(({ name }) => name).slice(-2)).toEqual(['closeBatch', 'startRun']);
  expect(run.elapsedMs).toBe(11_000);
  expect((run.output as { runId: string }).runId).toMatch(/^iris-20260101-000011-[0-9a-f]{6}$/);
});

test('a landing zone that never gets quiet closes its batch after the longest wait', async () => {
  const run = await collect(Array.from({ length: 60 }, (_, index) => index * 2));
  expect(run.elapsedMs).toBe(60_000);
  expect(run.output).toMatchObject({ because: 'the longest wait is over' });
});

test('enough files close a batch at once, and so does the marker', async () => {
  expect((await collect(Array.from({ length: 100 }, () => 0))).elapsedMs).toBe(0);
  expect((await collect([0], { marked: true })).output).toMatchObject({ because: 'the completion marker has come' });
});

test('while a run is active, or when nothing waits, the collector ends without a batch', async () => {
  for (const run of [await collect([0], { active: true }), await collect([])]) {
    expect(run.calls.map(({ name }) => name)).toEqual(['surveyLanding']);
    expect(run.output).not.toHaveProperty('runId');
  }
});

test('a marker that comes alone starts no run', async () => {
  const run = await collect([0], { marked: true, files: 0 });
  expect(run.calls.map(({ name }) => name)).toEqual(['surveyLanding', 'closeBatch']);
});
