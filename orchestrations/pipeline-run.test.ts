import { describe, expect, test } from 'vitest';
import { runOrchestration } from '../tests/kit/orchestration-kit.ts';
import type { RunProgress } from '../shared/run.ts';
import type { JobRef } from './activities/job-manifest.ts';
import type { JobSighting } from './activities/job.ts';
import { awaitJob } from './await-job.ts';
import { pipelineRun } from './pipeline-run.ts';
import { review } from './review.ts';
import { rollout } from './rollout.ts';

const runId = 'iris-20260101-000000-abcdef';
const input = { pipeline: 'iris', runId, batchId: '20260101-000000-abcdef' };
const job = { cancelled: false, waitForResourcesMs: 60_000, timeoutMs: 60_000, retries: 1 };
const done: JobSighting = { phase: 'Succeeded', outputs: {}, metrics: { accuracy: 0.97, rowsWritten: 150 } };

const pass = { decision: 'pass', reasons: ['accuracy 0.97 is at least 0.9'] };
const doubt = { gate: { decision: 'review', reasons: ['drift'] }, champion: 'old' };

/** Activities of a run in which all goes well. */
const good = {
  openRun: () => ({ cancelled: false }),
  pinRun: () => ({
    ok: true,
    files: 1,
    codeDigest: 'sha256:0123456789abcdef',
    rolloutTimeoutMs: 60_000,
    judgedBy: ['accuracy'],
    review: { deadlineMs: 3_600_000, reminderMs: 600_000, onDeadline: 'reject' },
  }),
  announceStage: () => undefined,
  submitJob: (_: JobRef): unknown => job,
  observeJob: (_: JobRef): unknown => done,
  recordModel: () => ({ version: input.batchId }),
  validateModel: (): unknown => ({ gate: pass, champion: 'old' }),
  supersedeReviews: () => ({ superseded: [] }),
  buildModelImage: (): unknown => ({ ok: true, image: 'registry/serving@sha256:1', size: 1 }),
  claimRollout: (_: object): unknown => ({
    result: 'Claimed',
    champion: { version: 'old', image: 'registry/serving@sha256:0' },
  }),
  applyRevision: () => undefined,
  observeRevision: (): unknown => ({ state: 'Ready', revision: 'iris-predictor-00002', trafficPercent: 100 }),
  checkGolden: (): unknown => ({}),
  promoteRevision: () => undefined,
  moveChampion: () => undefined,
  rollBack: () => ({}),
  cleanUp: () => ({ removed: [] }),
  closeRun: () => undefined,
};

function run(over: Record<string, (input: never) => unknown> = {}) {
  return runOrchestration(pipelineRun, {
    input,
    instanceId: runId,
    activities: { ...good, ...over },
    orchestrators: { awaitJob, review, rollout },
  });
}

/** Activities of a review that is decided before the first look. */
const reviewed = (decided: object, validateModel: () => unknown = () => doubt) => ({
  validateModel,
  openReview: () => ({}),
  alertReviewers: () => undefined,
  readReview: () => ({ runId, onDeadline: 'reject', deadlineAt: 'then', ...decided }),
  concludeReview: () => undefined,
});

const names = (calls: { name: string }[]) => calls.map(({ name }) => name).filter((name) => name !== 'announceStage');

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
    'supersedeReviews',
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

test('the training tells the metrics that the model is judged by, the first one first', async () => {
  const told = async (judgedBy: string[], measured: Record<string, number>) => {
    const observeJob = () => ({ ...done, metrics: measured });
    const { statuses } = await run({ pinRun: () => ({ ...good.pinRun(), judgedBy }), observeJob });
    return (statuses.at(-1) as RunProgress).stages.find(({ name }) => name === 'train')?.detail;
  };
  expect(await told(['accuracy'], { loss: 0.1, accuracy: 0.97 })).toBe('held-out accuracy 0.9700');
  expect(await told(['rmse', 'r2'], { r2: 0.5, mae: 1, rmse: 4.25 })).toBe('held-out rmse 4.2500, r2 0.5000');
  expect(await told([], { rmse: 4.25 })).toBe('trained');
});

describe('every way to end badly cleans up and closes', () => {
  const lost: JobSighting = { phase: 'Failed', reason: 'NodeLost', message: 'gone', lost: true };
  const broken: JobSighting = { phase: 'Failed', reason: 'ValueError', message: 'bad', lost: false };
  const cases: [string, Parameters<typeof run>[0], Record<string, unknown>][] = [
    ['cancelled before it began', { openRun: () => ({ cancelled: true }) }, { status: 'Cancelled' }],
    ['cancelled while a job runs', { observeJob: () => ({ phase: 'Cancelled' }) }, { status: 'Cancelled' }],
    [
      'a job that fails by its own word',
      { observeJob: () => broken },
      { error: { stage: 'process', reason: 'ValueError' } },
    ],
    [
      'a job that the cluster will never take',
      { submitJob: () => ({ ...job, refused: { reason: 'OperatorMissing', message: 'm', hint: 'h' } }) },
      { error: { stage: 'process', reason: 'OperatorMissing' } },
    ],
    [
      'a job that is lost on every attempt',
      { observeJob: () => lost },
      { error: { stage: 'process', reason: 'NodeLost' } },
    ],
    [
      'a model below its limits',
      { validateModel: () => ({ gate: { decision: 'reject', reasons: ['accuracy 0.5 is below the minimum 0.9'] } }) },
      { status: 'Rejected', error: { stage: 'validate' } },
    ],
    [
      'a batch that is quarantined',
      { observeJob: () => ({ ...broken, reason: 'TooManyBadRows', quarantined: true }) },
      { status: 'Quarantined', error: { stage: 'process', reason: 'TooManyBadRows' } },
    ],
    [
      'a review that rejects',
      reviewed({ status: 'Rejected', decidedBy: 'Ada', comment: 'no' }),
      { status: 'Rejected', error: { stage: 'review', message: 'Ada rejected the model: no.' } },
    ],
    [
      'a review that nobody decides',
      reviewed({ status: 'Expired' }),
      { status: 'Expired', error: { stage: 'review' } },
    ],
    [
      'a review that a newer run overtakes',
      reviewed({ status: 'Superseded', decidedBy: 'x' }),
      { status: 'Superseded' },
    ],
    ['cancelled in a review', reviewed({ status: 'Cancelled' }), { status: 'Cancelled' }],
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
    ['a newer champion', { claimRollout: () => ({ result: 'Superseded', by: 'newer' }) }, { status: 'Superseded' }],
    [
      'wrong golden answers',
      { checkGolden: () => ({ difference: '$.predictions[0]' }) },
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
  const { calls } = await run({ checkGolden: () => ({ difference: 'wrong' }) });
  expect(names(calls)).not.toContain('promoteRevision');
  expect(names(calls)).toContain('rollBack');
});

test('a job that was lost is tried again, under a name of its own', async () => {
  const attempts: number[] = [];
  const { output } = await run({
    observeJob: ({ stage, attempt }: JobRef) => {
      if (stage === 'train') attempts.push(attempt);
      return stage === 'train' && attempt === 1
        ? { phase: 'Failed', reason: 'NodeLost', message: 'gone', lost: true }
        : done;
    },
  });
  expect(output).toEqual({ status: 'Succeeded' });
  expect(attempts).toEqual([1, 2]);
});

test('every stage that is completed is told, a review among them', async () => {
  const { output, calls } = await run(reviewed({ status: 'Approved', decidedBy: 'Ada' }));
  expect(output).toEqual({ status: 'Succeeded' });
  const told = calls
    .filter(({ name }) => name === 'announceStage')
    .map(({ input: given }) => (given as { stage: { name: string; detail: string } }).stage);
  expect(told.map(({ name }) => name)).toEqual([
    'collect',
    'process',
    'train',
    'record',
    'validate',
    'review',
    'build',
    'rollout',
  ]);
  expect(told.find(({ name }) => name === 'review')?.detail).toBe('approved by Ada');
});

test('a review that expires with approval as its default deploys', async () => {
  const { output } = await run(reviewed({ status: 'Expired', onDeadline: 'approve' }));
  expect(output).toEqual({ status: 'Succeeded' });
});

test('a model is judged again when the champion changed meanwhile, and what a person decided then stands', async () => {
  let judged = 0;
  const claims: unknown[] = [];
  const { output, calls } = await run({
    ...reviewed({ status: 'Approved' }, () => (judged++ === 0 ? { gate: pass, champion: 'old' } : doubt)),
    claimRollout: (given: { judgedAgainst?: object }) => {
      claims.push(given.judgedAgainst);
      return claims.length === 1 ? { result: 'ChampionChanged', to: 'other' } : { result: 'Claimed' };
    },
  });
  expect(output).toEqual({ status: 'Succeeded' });
  expect(claims).toEqual([{ champion: 'old' }, undefined]);
  expect(names(calls).filter((name) => name === 'validateModel')).toHaveLength(2);
});

test('a cluster that is stopped is waited for, and shown, and not for ever', async () => {
  let looks = 3;
  const detail = 'the cluster training to start';
  const waking = () => ({ ...job, ...(looks-- > 0 && { waking: detail }) });
  const { output, statuses } = await run({ submitJob: waking });
  expect(output).toEqual({ status: 'Succeeded' });
  expect((statuses as RunProgress[]).map(({ waitingFor }) => waitingFor)).toContain(detail);
  expect((statuses.at(-1) as RunProgress).waitingFor).toBeUndefined();
  const never = await run({ submitJob: () => ({ ...job, waking: detail }) });
  expect(never.output).toMatchObject({ error: { stage: 'process', reason: 'ClusterAsleep' } });
  expect((await run({ claimRollout: () => ({ result: 'Waking', detail }) })).output).toMatchObject({
    error: { stage: 'rollout', reason: 'RolloutDeadlineExceeded' },
  });
});

test('a rollout waits while another one goes on, and gives up after its own limit', async () => {
  let held = 3;
  const claimed = await run({
    claimRollout: () => (held-- > 0 ? { result: 'Held', by: 'other' } : { result: 'Claimed' }),
  });
  expect(claimed.output).toEqual({ status: 'Succeeded' });
  const { output } = await run({ claimRollout: () => ({ result: 'Held', by: 'other' }) });
  expect(output).toMatchObject({ status: 'Failed', error: { reason: 'RolloutInProgress' } });
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

describe('a run that takes over what another one did', () => {
  const other = { runId: 'iris-20251231-000000-abcdef', outputs: {}, metrics: { accuracy: 0.96, rowsWritten: 3 } };
  const pinned = (facts: object) => ({ adoptStage: () => undefined, pinRun: () => ({ ...good.pinRun(), ...facts }) });
  const stagesOf = (statuses: unknown[]) => (statuses.at(-1) as RunProgress).stages;

  test('submits no job for that stage, says where it comes from, and goes on', async () => {
    const { output, calls, statuses } = await run(pinned({ reuse: { process: other } }));
    expect(output).toEqual({ status: 'Succeeded' });
    const jobs = calls.filter(({ name }) => ['adoptStage', 'submitJob'].includes(name));
    expect(jobs).toMatchObject([
      { name: 'adoptStage', input: { stage: 'process' } },
      { name: 'submitJob', input: { stage: 'train' } },
    ]);
    expect(stagesOf(statuses)[1]).toMatchObject({ name: 'process', reusedFrom: other.runId, detail: '3 rows' });
  });

  test('ends well at once where what it would make serves already', async () => {
    const reuse = { process: other, train: other, serves: 'v1' };
    const { output, calls, statuses } = await run(pinned({ reuse }));
    expect(output).toEqual({ status: 'Succeeded' });
    expect(names(calls)).toEqual(['openRun', 'pinRun', 'adoptStage', 'adoptStage', 'closeRun']);
    expect(stagesOf(statuses).map(({ name }) => name)).toEqual(['collect', 'process', 'train']);
    expect(stagesOf(statuses)[2]).toMatchObject({ detail: 'nothing is new: v1 serves already' });
    expect(statuses.at(-1)).toMatchObject({ modelVersion: 'v1' });
  });
});

test.each([
  ['process', ['openRun', 'pinRun', 'submitJob', 'observeJob', 'closeRun'], 2],
  ['train', ['openRun', 'pinRun', 'submitJob', 'observeJob', 'submitJob', 'observeJob', 'closeRun'], 3],
  ['record', undefined, 4],
  ['validate', undefined, 5],
  ['build', undefined, 6],
])('a run that is to end after %s ends there, and well', async (toStage, expected, shown) => {
  const { output, calls, statuses } = await run({ pinRun: () => ({ ...good.pinRun(), toStage }) });
  expect(output).toEqual({ status: 'Succeeded' });
  if (expected) expect(names(calls)).toEqual(expected);
  expect(names(calls)).not.toContain('claimRollout');
  const { stages } = statuses.at(-1) as RunProgress;
  expect(stages).toHaveLength(shown);
  expect(stages.at(-1)).toMatchObject({ name: toStage, status: 'Succeeded' });
});

test('a log that was lost is told and ends no run', async () => {
  const { output, statuses } = await run({ observeJob: () => ({ ...done, logLost: 'Error: 500' }) });
  expect(output).toEqual({ status: 'Succeeded' });
  const { stages } = statuses.at(-1) as RunProgress;
  expect(stages[1]?.detail).toBe('150 rows; its log was not kept: Error: 500');
});
