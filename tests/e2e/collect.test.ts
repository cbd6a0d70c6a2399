import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../shared/run.ts';
import { serving, startOddServer, type OddServer } from '../kit/odd-server.ts';
import { RunningPlatform, SAMPLE, until } from '../kit/running-platform.ts';

interface Source {
  name: string;
  status: string;
  error?: { reason: string };
  lastCheckedAt?: string;
  lastChangedAt?: string;
  retryAt?: string;
}

/** A pipeline that fetches its data itself: each test goes on where the one before it ended. */
describe('data that is collected', () => {
  const platform = new RunningPlatform(19_400);
  let server: OddServer;

  beforeAll(async () => {
    server = await startOddServer();
    publish(readFileSync(SAMPLE, 'utf8'), '"1"');
    // As pipeline.yaml declares it, but each minute.
    const file = join(platform.pipelines, 'iris', 'pipeline.yaml');
    const declared = readFileSync(file, 'utf8');
    expect(declared).toContain("cron: '*/15 * * * *'");
    writeFileSync(file, declared.replace('*/15 * * * *', '* * * * *'));
    Object.assign(platform.env, {
      SOURCE_IRIS_URL: `${server.url}/iris.csv`,
      COLLECT_PRIVATE_ADDRESSES: '127.0.0.1',
    });
    await platform.start();
  });
  afterAll(async () => {
    await platform.remove();
    await server.close();
  });

  const publish = (content: string, etag: string) => server.on('/iris.csv', serving(content, { etag }));
  const known = async () => (await platform.runs()).map(({ runId }) => runId);
  const source = async (name: string) => {
    const { sources } = (await platform.call('GET', 'pipelines/iris')).body as unknown as { sources: Source[] };
    return sources.find((one) => one.name === name) ?? expect.fail(`there is no source ${name}`);
  };
  const files = async ({ runId }: Run) => {
    const batch = (await platform.call('GET', `runs/${runId}/documents/batch`)).body as unknown as {
      files: { path: string }[];
    };
    return batch.files.map(({ path }) => path);
  };
  const started = (run: Run) => run.status === 'Running';

  test('a source that has something new starts a run by itself, and its model serves', async () => {
    const run = await platform.nextRun([], undefined, 420_000);
    expect(run).toMatchObject({ status: 'Succeeded' });
    expect(await files(run)).toEqual([expect.stringMatching(/^landing\/iris\/published-1-[0-9a-f]{8}\.csv$/)]);
    expect(await source('published')).toMatchObject({ lastChangedAt: expect.any(String) as string });
  });

  test('where nothing is new, nothing happens', async () => {
    const [before, { lastChangedAt }] = [await known(), await source('published')];
    const asked = server.asked.length;
    await until(
      'two more looks',
      () => server.asked.slice(asked).filter(({ method }) => method === 'GET').length >= 2,
      200_000,
      1_000,
    );
    await until('what came of it', async () => (await source('published')).status === 'Unchanged');
    expect(server.asked.at(-1)?.headers['if-none-match']).toBe('"1"');
    expect((await source('published')).lastChangedAt).toBe(lastChangedAt);
    expect(await known()).toEqual(before);
  });

  test('a change starts the next run within a look and the quiet period', async () => {
    const before = await known();
    const changedAt = Date.now();
    publish(`${readFileSync(SAMPLE, 'utf8')}5.0,3.4,1.5,0.2,setosa\n`, '"2"');
    const run = await platform.nextRun(before, started);
    const took = Date.parse(run.startedAt) - changedAt;
    console.log(`from the change to the start of its run: ${took} ms`);
    // A look a minute, the quiet period, and the time that all of it takes on a busy machine.
    expect(took).toBeLessThan(90_000);
    expect(await files(run)).toEqual([expect.stringMatching(/published-2-[0-9a-f]{8}\.csv$/)]);
    await platform.call('POST', `runs/${run.runId}/cancel`);
    await until(
      'it to end',
      async () => ((await platform.call('GET', `runs/${run.runId}`)).body as unknown as Run).finishedAt,
    );
  });

  test('a source that fails says why and when it is tried again, and holds up no other', async () => {
    server.on('/iris.csv', (_, response) => response.writeHead(503).end());
    const answer = await platform.call('POST', 'pipelines/iris/collect', { source: 'published' });
    expect(answer).toMatchObject({ status: 202, body: { value: [{ source: 'published', status: 'Running' }] } });
    const failed = await until('it to fail', async () => {
      const seen = await source('published');
      return seen.status === 'Failed' ? seen : undefined;
    });
    expect(failed).toMatchObject({ error: { reason: 'ServerError' }, retryAt: expect.any(String) as string });
  });

  test('collect.py runs by hand as a Job on the data-processing cluster, and what it landed trains a model', async () => {
    const before = await known();
    const began = Date.now();
    expect((await platform.call('POST', 'pipelines/iris/collect', { source: 'instrument' })).status).toBe(202);
    await until('its end', async () => (await source('instrument')).status === 'Changed', 120_000);
    console.log(`collect.py took ${Date.now() - began} ms from the request to its record`);
    const batch = platform.kube('data-processing').makeApiClient(BatchV1Api);
    const jobs = async () => (await batch.listNamespacedJob({ namespace: 'landfall' })).items;
    const items = await jobs();
    expect(items).toHaveLength(1);
    expect(items[0]?.metadata?.labels).toMatchObject({
      'landfall.dev/pipeline': 'iris',
      'landfall.dev/stage': 'collect',
    });
    // Its result is heard of first; then its process ends.
    await until('the Job to complete', async () => (await jobs())[0]?.status?.succeeded === 1);
    const run = await platform.nextRun(before, undefined, 420_000);
    expect(await files(run)).toEqual([expect.stringMatching(/^landing\/iris\/measured-[0-9a-f]{12}\.csv$/)]);
    expect(run).toMatchObject({ status: 'Succeeded', gate: { decision: 'pass' } });
  });
});
