import { expect, test } from 'vitest';
import { runOrchestration } from '../tests/kit/orchestration-kit.ts';
import type { JobSighting } from './activities/job.ts';
import { awaitJob, type AwaitJobInput } from './await-job.ts';

const HOUR = 3_600_000;
const input: AwaitJobInput = {
  runId: 'iris-20260101-000000-abcdef',
  stage: 'train',
  attempt: 1,
  waitForResourcesMs: 30 * 60_000,
  timeoutMs: 9 * HOUR,
};
const running: JobSighting = { phase: 'Running', detail: 'it runs' };
const waiting: JobSighting = { phase: 'Waiting', detail: 'a GPU node to come up' };
const succeeded: JobSighting = { phase: 'Succeeded', outputs: {}, metrics: { accuracy: 1 } };

/** Looks at a job whose states begin at given minutes. */
function jobOf(plan: [minute: number, seen: JobSighting][], now: () => number) {
  return { observeJob: () => plan.filter(([minute]) => now() >= minute * 60_000).at(-1)?.[1] };
}

async function follow(plan: [number, JobSighting][], events: number[] = [], over: Partial<AwaitJobInput> = {}) {
  const start = new Date('2026-01-01T00:00:00Z');
  let elapsed = 0;
  const activities = jobOf(plan, () => elapsed);
  const run = await runOrchestration(
    (ctx) => {
      const steps = awaitJob(ctx);
      const spy: ReturnType<typeof awaitJob> = Object.create(steps, {
        next: {
          value: (value: unknown) => {
            elapsed = ctx.df.currentUtcDateTime.getTime() - start.getTime();
            return steps.next(value as never);
          },
        },
        throw: { value: (error: unknown) => steps.throw(error) },
      });
      return spy;
    },
    {
      input: { ...input, ...over },
      instanceId: 'wait',
      start,
      activities,
      events: events.map((minute) => ({ at: minute * 60_000, name: 'jobFinished', instanceId: 'wait' })),
    },
  );
  return run;
}

test('the event of a finished job ends the wait at once, long before the next look', async () => {
  const run = await follow(
    [
      [0, running],
      [100, succeeded],
    ],
    [100],
  );
  expect(run.output).toEqual(succeeded);
  expect(run.elapsedMs).toBe(100 * 60_000);
});

test('a job whose event is lost is found by looking', async () => {
  const run = await follow([
    [0, running],
    [100, succeeded],
  ]);
  expect(run.output).toEqual(succeeded);
  expect(run.elapsedMs).toBeLessThan(141 * 60_000);
});

test('an eight-hour job costs fewer than 150 history rows over all generations', async () => {
  const run = await follow(
    [
      [0, running],
      [8 * 60, succeeded],
    ],
    [8 * 60],
  );
  expect(run.output).toEqual(succeeded);
  expect(run.historyRows).toBeLessThan(150);
});

test('a job that finds no resources in time fails and says for what it waited', async () => {
  const run = await follow([[0, waiting]]);
  expect(run.output).toMatchObject({ phase: 'Failed', reason: 'NoResources', lost: false });
  expect((run.output as { message: string }).message).toContain('a GPU node to come up');
  expect(run.elapsedMs).toBe(30 * 60_000);
});

test('a job that runs longer than its timeout fails', async () => {
  const run = await follow([[0, running]], [], { timeoutMs: 2 * HOUR });
  expect(run.output).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  expect(run.elapsedMs).toBe(2 * HOUR);
});

test('the time a job waited for resources does not count as running', async () => {
  const run = await follow(
    [
      [0, waiting],
      [25, running],
      [130, succeeded],
    ],
    [130],
    { timeoutMs: 2 * HOUR },
  );
  expect(run.output).toEqual(succeeded);
});
