import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { processesWith, RunningPlatform, SAMPLE, until } from '../kit/running-platform.ts';

const platform = new RunningPlatform(18_500);
afterAll(() => platform.remove());

test('kill -9 of everything while a job runs: nothing outlives it, and the next start finishes the same run', async () => {
  await platform.start();
  await platform.drop('iris/killed.csv', readFileSync(SAMPLE));
  const running = await platform.nextRun([], ({ stage }) => stage === 'process');
  await until('the job to run', () => processesWith(running.runId).length > 0);
  await platform.stop('SIGKILL');
  await until('all that it started to end', () => processesWith(platform.state).length === 0, 20_000);

  await platform.start();
  const run = await platform.nextRun([]);
  expect(run.runId).toBe(running.runId);
  expect(run).toMatchObject({ status: 'Succeeded' });
  expect((await platform.runs()).length).toBe(1);
  expect((await platform.models()).value).toHaveLength(1);
  const jobs = (await platform.onClusters(run.runId)).filter((name) => /-(process|train)-\d+$/.test(name));
  expect(jobs.sort()).toEqual([`${run.runId}-process-1`, `${run.runId}-process-2`, `${run.runId}-train-1`]);
});
