import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningPlatform, SAMPLE } from '../kit/running-platform.ts';

/** Stages in whose middle the host is killed; validate and record are over within one activity. */
const STAGES = ['collect', 'process', 'train', 'record', 'validate', 'build', 'rollout'] as const;

describe('kill -9 of the functions host', () => {
  const platform = new RunningPlatform(18_300);
  beforeAll(() => platform.start());
  afterAll(() => platform.remove());

  test.each(STAGES)('in the middle of %s: the same run goes on to its end, with each effect once', async (stage) => {
    const known = (await platform.runs()).map(({ runId }) => runId);
    const versions = (await platform.models()).value.length;
    const hasJobs = ['collect', 'process', 'train'].includes(stage);
    if (hasJobs) await platform.drop(`iris/${stage}.csv`, readFileSync(SAMPLE));
    // What the last run trained is enough for the stages after it.
    else expect((await platform.call('POST', `runs/${known[0]}/rerun`, { fromStage: 'validate' })).status).toBe(202);
    await platform.nextRun(known, (run) =>
      run.stages.some(({ name, status }) => name === stage && status !== 'Pending'),
    );
    process.kill(platform.endpoints.pids.host, 'SIGKILL');

    const run = await platform.nextRun(known);
    expect(run).toMatchObject({ status: 'Succeeded' });
    const after = await platform.models();
    expect(after.value).toHaveLength(versions + 1);
    expect(after.aliases.champion).toBe(run.modelVersion);
    expect((await platform.runs()).filter(({ runId }) => !known.includes(runId))).toHaveLength(1);
    const jobs = (await platform.onClusters(run.runId)).filter((name) => /-(process|train)-\d+$/.test(name));
    expect(jobs.sort()).toEqual(hasJobs ? [`${run.runId}-process-1`, `${run.runId}-train-1`] : []);
  });

  test('nothing was lost and nothing waits', async () => {
    const waiting = [];
    for await (const row of platform.table('Arrivals').listEntities({ queryOptions: { filter: "batchId eq ''" } }))
      waiting.push(row);
    expect(waiting).toEqual([]);
    expect(readFileSync(join(platform.state, 'state/host.log'), 'utf8')).not.toContain('Non-Deterministic');
  });
});
