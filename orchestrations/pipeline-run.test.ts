import { describe, expect, test } from 'vitest';
import { runOrchestration } from '../tests/kit/orchestration-kit.ts';
import type { RunProgress } from '../shared/run.ts';
import type { JobRef } from './activities/job-manifest.ts';
import type { JobSighting } from './activities/job.ts';
import { awaitJob } from './await-job.ts';
import { pipelineRun } from './pipeline-run.ts';
import { rollout } from './rollout.ts';

const runId = 'iris-20260101-000000-abcdef';
const input = { pipeline: 'iris', runId, batchId: '20260101-000000-abcdef' };
const job = { cancelled: false, waitForResourcesMs: 60_000, timeoutMs: 60_000, retries: 1 };
const done: JobSighting = { phase: 'Succeeded', outputs: {}, metrics: { accuracy: 0.97, rowsWritten: 150 } };

/** Activities of a run in which all goes well. */
const good = {
  openRun: () => ({ cancelled: false }),
  pinRun: () => ({ ok: true, files: 1, codeDigest: 'sha256:0123456789abcdef', rolloutTimeoutMs: 60_000 }),
  submitJob: (_: JobRef): unknown => job,
  observeJob: (_: JobRef): unknown => done,
  recordModel: () => ({ version: input.batchId }),
  validateModel: (): unknown => ({ decision: 'pass', reasons: ['accuracy 0.97 is at least 0.9'] }),
  buildModelImage: (): unknown => ({ ok: true, image: 'registry/serving@sha256:1', size: 1 }),
  claimRollout: (): unknown => ({ ok: true, champion: { version: 'old', image: 'registry/serving@sha256:0' } }),
  applyRevision: () => undefined,
  observeRevision: (): unknown => ({ state: 'Ready', revision: 'iris-predictor-00002', trafficPercent: 100 }),
  checkGolden: (): unknown => ({ asked: 3 }),
  promoteRevision: () => undefined,
  moveChampion: () => undefined,
  rollBack: () => ({}),
  cleanUp: () => ({ removed: [] }),
  closeRun: () => undefined,
};

function run(over: Partial<typeof good> = {}) {
  return runOrchestration(pipelineRun, {
    input,
    instanceId: runId,
    activities: { ...good, ...over },
    orchestrators: { awaitJob, rollout },
  });
}

const names = (calls: { name: string }[]) => calls.map(({ name }) => name);

test('a run passes its stages in order and closes once, and cleans nothing that serves', async () => {
  const { output, calls } = await run();
  expect(output).toEqual({ status: 'Succeeded' });
  expect(names(calls)).toEqual([
    'openRun',
    'pinRun',
    'submitJob',
    'observeJob',
    'submitJob',
    'observeJob',
    'recordModel',
    'validateModel',
    'buildModelImage',
    'claimRollout',
    'applyRevision',
    'observeRevision',
    'checkGolden',
    'promoteRevision',
    'observeRevision',
    'moveChampion',
    'closeRun',
  ]);
});

test('the custom status tells the stage, its times and what is waited for', async () => {
  const { statuses } = await run();
  const last = statuses.at(-1) as RunProgress;
  expect(last.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'collect Succeeded',
    'process Succeeded',
    'train Succeeded',
    'record Succeeded',
    'validate Succeeded',
    'build Succeeded',
    'rollout Succeeded',
  ]);
  expect((statuses as RunProgress[]).map(({ child }) => child)).toContain(`${runId}:train:1`);
});

describe('every way to end badly cleans up and closes', () => {
  const lost: JobSighting = { phase: 'Failed', reason: 'NodeLost', message: 'gone', lost: true };
  const broken: JobSighting = { phase: 'Failed', reason: 'ValueError', message: 'bad', lost: false };
  const cases: [string, Partial<typeof good>, Record<string, unknown>][] = [
    ['cancelled before it began', { openRun: () => ({ cancelled: true }) }, { status: 'Cancelled' }],
    ['cancelled while a job runs', { observeJob: () => ({ phase: 'Cancelled' }) }, { status: 'Cancelled' }],
    [
      'a job that fails by its own word',
      { observeJob: () => broken },
      { error: { stage: 'process', reason: 'ValueError' } },
    ],
    [
      'a job that is lost on every attempt',
      { observeJob: () => lost },
      { error: { stage: 'process', reason: 'NodeLost' } },
    ],
    [
      'a model below its limits',
      { validateModel: () => ({ decision: 'reject', reasons: ['accuracy 0.5 is below the minimum 0.9'] }) },
      { status: 'Rejected' },
    ],
    [
      'a model that is too large',
      { buildModelImage: () => ({ ok: false, reason: 'ModelTooLarge', message: 'm', hint: 'h' }) },
      { error: { stage: 'build' } },
    ],
    [
      'an activity that throws on every attempt',
      {
        buildModelImage: () => {
          throw new Error('Activity function \'buildModelImage\' failed:  registry down \n {"$type":1}');
        },
      },
      { error: { stage: 'build', message: 'registry down' } },
    ],
    [
      'a newer champion',
      { claimRollout: () => ({ ok: false, superseded: true, by: 'newer' }) },
      { status: 'Superseded' },
    ],
    [
      'wrong golden answers',
      { checkGolden: () => ({ asked: 1, difference: '$.predictions[0]' }) },
      { error: { stage: 'rollout', reason: 'GoldenMismatch' } },
    ],
    [
      'a predictor that crashes',
      { observeRevision: () => ({ state: 'Failed', reason: 'CrashLoopBackOff', message: 'm' }) },
      { error: { reason: 'CrashLoopBackOff' } },
    ],
    [
      'a revision that never gets ready',
      { observeRevision: () => ({ state: 'Waiting', detail: 'x' }) },
      { error: { reason: 'RolloutDeadlineExceeded' } },
    ],
    ['cancelled in the rollout', { observeRevision: () => ({ state: 'Cancelled' }) }, { status: 'Cancelled' }],
  ];
  test.each(cases)('%s', async (_, over, expected) => {
    const { output, calls } = await run(over);
    expect(output).toMatchObject(expected);
    expect(names(calls).slice(-2)).toEqual(['cleanUp', 'closeRun']);
    expect(names(calls)).not.toContain('moveChampion');
  });
});

test('a refused revision gets no traffic', async () => {
  const { calls } = await run({ checkGolden: () => ({ asked: 1, difference: 'wrong' }) });
  expect(names(calls)).not.toContain('promoteRevision');
  expect(names(calls)).toContain('rollBack');
});

test('a job that was lost is tried again, under a name of its own', async () => {
  const attempts: number[] = [];
  const { output } = await run({
    observeJob: ({ stage, attempt }) => {
      if (stage === 'train') attempts.push(attempt);
      return stage === 'train' && attempt === 1
        ? { phase: 'Failed', reason: 'NodeLost', message: 'gone', lost: true }
        : done;
    },
  });
  expect(output).toEqual({ status: 'Succeeded' });
  expect(attempts).toEqual([1, 2]);
});

describe('a fault that passes is outlived at every step', () => {
  test.each(Object.keys(good).filter((name) => !['rollBack', 'cleanUp'].includes(name)))('in %s', async (name) => {
    let faults = 2;
    const activity = good[name as keyof typeof good] as (input: unknown) => unknown;
    const { output, calls, elapsedMs } = await run({
      [name]: (input: unknown) => {
        if (faults-- > 0) throw new Error('the network is away');
        return activity(input);
      },
    });
    expect(output).toEqual({ status: 'Succeeded' });
    expect(names(calls).at(-1)).toBe('closeRun');
    expect(elapsedMs).toBe(8_000);
  });
});
