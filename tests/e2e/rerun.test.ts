import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backfill } from '../../shared/backfill.ts';
import type { Run } from '../../shared/run.ts';
import { RunningPlatform, SAMPLE, until } from '../kit/running-platform.ts';
import { expectServed } from '../kit/served.ts';

/** What people do with runs that are over: each test goes on where the one before it ended. */
describe('work that was done before', () => {
  const platform = new RunningPlatform(18_900);
  let first: Run;

  beforeAll(() => platform.start());
  afterAll(() => platform.remove());

  const get = async <T>(path: string) => (await platform.call('GET', path)).body as T;
  const over = (runId: string) =>
    until('the run to end', async () => {
      const run = await get<Run>(`runs/${runId}`);
      return run.finishedAt ? run : undefined;
    });
  const started = async (path: string, body: object): Promise<Run> => {
    const answer = await platform.call('POST', path, body);
    expect(answer).toMatchObject({ status: 202 });
    return over((answer.body as unknown as { runId: string }).runId);
  };
  const stages = (run: Run) => Object.fromEntries(run.stages.map((stage) => [stage.name, stage]));

  test('a run shows its jobs on the clusters and keeps their logs', async () => {
    await platform.drop('iris/2026/03/01/iris.csv', readFileSync(SAMPLE));
    first = await platform.nextRun([]);
    expect(first).toMatchObject({ status: 'Succeeded' });
    const { process, train } = stages(first);
    expect(process?.job).toMatchObject({ cluster: 'data-processing', kind: 'SparkApplication', attempt: 1 });
    expect(train?.job).toMatchObject({ cluster: 'training', name: `${first.runId}-train-1` });
    const log = await get<{ live: boolean; pods: { pod: string; lines: string[] }[] }>(
      `runs/${first.runId}/logs/train`,
    );
    expect(log.live).toBe(false);
    expect(log.pods.map(({ pod }) => pod).sort()).toEqual(
      ['master', 'worker'].map((role) => `${first.runId}-train-1-${role}-0`),
    );
    expect(log.pods[0]?.lines.join('\n')).toContain('poch');
  });

  test('the same files once more change nothing: what they would make serves already', async () => {
    const run = await started('pipelines/iris/runs', {});
    expect(run).toMatchObject({ status: 'Succeeded', modelVersion: first.modelVersion });
    expect(run.stages.map(({ name, reusedFrom }) => [name, reusedFrom])).toEqual([
      ['collect', undefined],
      ['process', first.runId],
      ['train', first.runId],
    ]);
    expect(await platform.onClusters(run.runId)).toEqual([]);
    await expectServed(platform, first.modelVersion ?? '');
  });

  test('from a stage on, with other parameters, the data is taken over and a new model serves', async () => {
    const body = { fromStage: 'train', parameters: { train: { epochs: 50 } } };
    const run = await started(`runs/${first.runId}/rerun`, body);
    expect(run).toMatchObject({ status: 'Succeeded' });
    expect(stages(run).process).toMatchObject({ reusedFrom: first.runId });
    expect(stages(run).train).not.toHaveProperty('reusedFrom');
    await expectServed(platform, run.modelVersion ?? '');
    expect(run.modelVersion).not.toBe(first.modelVersion);
    const model = await get<{ lineage: object }>(`models/iris/${run.modelVersion}`);
    expect(model.lineage).toMatchObject({ processedBy: first.runId, champion: first.modelVersion });
  });

  test('stage by stage, with a look between them, comes to the same as in one go', async () => {
    const processed = await started('pipelines/iris/runs', { toStage: 'process', noCache: true });
    expect(processed.stages.map(({ name }) => name)).toEqual(['collect', 'process']);
    expect(await get(`runs/${processed.runId}/documents/profile`)).toMatchObject({ rows: 150 });
    const trained = await started(`runs/${processed.runId}/rerun`, { fromStage: 'train', toStage: 'train' });
    expect(trained.metrics?.accuracy).toBeGreaterThan(0.9);
    const released = await started(`runs/${trained.runId}/rerun`, { fromStage: 'validate' });
    expect(released).toMatchObject({ status: 'Succeeded', gate: { decision: 'pass' } });
    expect(stages(released).train).toMatchObject({ reusedFrom: trained.runId });
    await expectServed(platform, released.modelVersion ?? '');
    const refused = await platform.call('POST', `runs/${processed.runId}/rerun`, { fromStage: 'validate' });
    expect(refused).toMatchObject({ status: 409, body: { hint: 'Rerun it from stage train.' } });
  });

  test('a backfill runs over each day that has files, after showing what it would do', async () => {
    const known = (await platform.runs()).map(({ runId }) => runId);
    await platform.drop('iris/2026/03/03/iris.csv', readFileSync(SAMPLE));
    const { runId: ofItself } = await platform.nextRun(known, ({ status }) => status === 'Running');
    await platform.call('POST', `runs/${ofItself}/cancel`);
    expect(await over(ofItself)).toMatchObject({ status: 'Cancelled' });
    const body = { from: '2026-03-01', to: '2026-03-07', prefix: 'landing/iris/{yyyy}/{MM}/{dd}/', noCache: true };
    const planned = await platform.call('POST', 'pipelines/iris/backfill', { ...body, dryRun: true });
    expect(planned).toMatchObject({ status: 200, body: { partitions: [{ files: 1 }, { files: 1 }] } });
    const { backfillId } = (await platform.call('POST', 'pipelines/iris/backfill', body)).body as unknown as Backfill;
    const done = await until(
      'the backfill to end',
      async () => {
        const seen = await get<Backfill>(`backfills/${backfillId}`);
        return seen.finishedAt ? seen : undefined;
      },
      240_000,
    );
    expect(done).toMatchObject({ status: 'Succeeded' });
    const files = await Promise.all(
      done.partitions.map(({ runId }) => get<{ files: { path: string }[] }>(`runs/${runId}/documents/batch`)),
    );
    expect(files.map((batch) => batch.files.map(({ path }) => path))).toEqual([
      ['landing/iris/2026/03/01/iris.csv'],
      ['landing/iris/2026/03/03/iris.csv'],
    ]);
  });
});
