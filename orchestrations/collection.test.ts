import { describe, expect, test } from 'vitest';
import { runOrchestration } from '../tests/kit/orchestration-kit.ts';
import type { CollectSubmission } from './activities/collect-script.ts';
import type { JobSighting } from './activities/job.ts';
import { awaitJob } from './await-job.ts';
import { collection } from './collection.ts';

const limits = { waitForResourcesMs: 20 * 60_000, timeoutMs: 3_600_000, retries: 1 };
const succeeded: JobSighting = { phase: 'Succeeded', outputs: { flowers: 'landing/iris/a.csv' }, metrics: {} };
const failed = (lost: boolean): JobSighting => ({
  phase: 'Failed',
  reason: 'NodeLost',
  message: 'gone',
  hint: 'h',
  lost,
});

interface World {
  type?: 'https' | 'script' | undefined;
  go?: boolean;
  collect?: () => unknown;
  submit?: (now: number) => CollectSubmission;
  observe?: (attempt: number) => JobSighting;
}

/** Collects once over fake activities; answers what was called and what was recorded. */
async function collect({ type = 'https', go = true, ...world }: World, byHand = false) {
  const recorded: unknown[] = [];
  const submissions: { runId: string; attempt: number }[] = [];
  const run = await runOrchestration((ctx) => collection(ctx), {
    input: { pipeline: 'iris', source: 'web', byHand },
    instanceId: 'collection:iris:web',
    orchestrators: { awaitJob: (ctx) => awaitJob(ctx) },
    activities: {
      beginCollection: () => (go ? { go, type } : { go, because: 'web is not due' }),
      collectSource: () => world.collect?.() ?? { status: 'Unchanged' },
      submitCollectJob(job: { runId: string; attempt: number }) {
        submissions.push(job);
        return world.submit?.(submissions.length) ?? limits;
      },
      observeJob: ({ attempt }: { attempt: number }) => world.observe?.(attempt) ?? succeeded,
      removeCollectJob: () => undefined,
      recordCollection: (input: { outcome: unknown }) => void recorded.push(input.outcome),
    },
  });
  return { ...run, names: run.calls.map(({ name }) => name), recorded, submissions };
}

describe('a collection', () => {
  test('looks, and keeps what came of it', async () => {
    const outcome = { status: 'Changed', files: ['landing/iris/a.csv'] };
    const run = await collect({ collect: () => outcome });
    expect(run.names).toEqual(['beginCollection', 'collectSource', 'recordCollection']);
    expect(run.recorded).toEqual([outcome]);
    expect(run.output).toEqual({ outcome });
  });

  test('that is not due does nothing', async () => {
    const run = await collect({ go: false });
    expect(run.names).toEqual(['beginCollection']);
    expect(run.output).toEqual({ because: 'web is not due' });
  });

  test('tells whether somebody asked for it', async () => {
    expect((await collect({}, true)).calls[0]?.input).toMatchObject({ pipeline: 'iris', source: 'web', byHand: true });
  });

  test('whose fetching breaks is tried again, and then says what broke', async () => {
    const run = await collect({
      collect() {
        throw new Error('Activity function \'collectSource\' failed:  the lake is down \n {"stack":1}');
      },
    });
    expect(run.names.filter((name) => name === 'collectSource')).toHaveLength(5);
    expect(run.recorded).toEqual([
      {
        status: 'Failed',
        error: { reason: 'CollectionFailed', message: 'the lake is down', hint: expect.any(String) },
      },
    ]);
  });
});

describe('a script', () => {
  test('runs as a job whose id follows from pipeline and time, and what it landed is the outcome', async () => {
    const run = await collect({ type: 'script' });
    expect(run.names).toEqual(['beginCollection', 'submitCollectJob', 'observeJob', 'recordCollection']);
    expect(run.submissions[0]).toMatchObject({
      attempt: 1,
      runId: expect.stringMatching(/^iris-20260101-000000-[0-9a-f]{6}$/),
    });
    expect(run.recorded).toEqual([{ status: 'Changed', files: ['landing/iris/a.csv'] }]);
  });

  test('that landed nothing has found nothing new', async () => {
    const run = await collect({ type: 'script', observe: () => ({ ...succeeded, outputs: {} }) as JobSighting });
    expect(run.recorded).toEqual([{ status: 'Unchanged' }]);
  });

  test('whose node was lost runs again, once, and what fails leaves no job behind', async () => {
    const twice = await collect({ type: 'script', observe: (attempt) => (attempt === 1 ? failed(true) : succeeded) });
    expect(twice.submissions.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(new Set(twice.submissions.map(({ runId }) => runId)).size).toBe(1);
    expect(twice.recorded).toMatchObject([{ status: 'Changed' }]);
    const thrice = await collect({ type: 'script', observe: () => failed(true) });
    expect(thrice.names.filter((name) => name === 'removeCollectJob')).toHaveLength(2);
    expect(thrice.recorded).toMatchObject([{ status: 'Failed', error: { reason: 'NodeLost' } }]);
  });

  test('that fails by its own word is not run again', async () => {
    const run = await collect({ type: 'script', observe: () => failed(false) });
    expect(run.submissions).toHaveLength(1);
    expect(run.recorded).toEqual([{ status: 'Failed', error: { reason: 'NodeLost', message: 'gone', hint: 'h' } }]);
  });

  test('that fails without a hint of its own says where its log is', async () => {
    const observe = (): JobSighting => ({ phase: 'Failed', reason: 'JobFailed', message: 'it broke', lost: false });
    const run = await collect({ type: 'script', observe });
    const hint = 'See its log: GET /api/pipelines/iris/sources/web/logs.';
    expect(run.recorded).toMatchObject([{ error: { message: 'it broke', hint } }]);
  });

  test('waits for a cluster that has to start, but not longer than for resources', async () => {
    const asleep = { ...limits, waking: 'the cluster data to start' };
    const woken = await collect({ type: 'script', submit: (count) => (count < 4 ? asleep : limits) });
    expect(woken.elapsedMs).toBe(60_000);
    expect(woken.recorded).toMatchObject([{ status: 'Changed' }]);
    const never = await collect({ type: 'script', submit: () => asleep });
    expect(never.elapsedMs).toBe(limits.waitForResourcesMs);
    expect(never.recorded).toMatchObject([{ status: 'Failed', error: { reason: 'ClusterAsleep' } }]);
  });

  test('that the cluster refuses says why', async () => {
    const refused = { reason: 'ManifestRefused', message: 'spec.x is invalid', hint: 'Correct it.' };
    const run = await collect({ type: 'script', submit: () => ({ ...limits, refused }) });
    expect(run.recorded).toEqual([{ status: 'Failed', error: refused }]);
  });

  test('that does not end in time says which limit to raise', async () => {
    const run = await collect({ type: 'script', observe: () => ({ phase: 'Running', detail: 'it runs' }) });
    const hint = expect.stringMatching(/timeout of the source/) as string;
    expect(run.recorded).toMatchObject([{ error: { reason: 'DeadlineExceeded', hint } }]);
    expect(run.names.at(-2)).toBe('removeCollectJob');
  });
});
