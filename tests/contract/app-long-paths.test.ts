import type { HttpRequest } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Edge } from '../../functions/edge.ts';
import { landingBlobCreated } from '../../functions/events/landing-blob-created.ts';
import { getArrivals } from '../../functions/http/handlers/read-arrivals.ts';
import { partitionsOf } from '../../orchestrations/activities/backfill.ts';
import { closeBatch, surveyLanding } from '../../orchestrations/activities/collect.ts';
import { collectSource } from '../../orchestrations/activities/collection.ts';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { runSchedules } from '../../orchestrations/activities/schedule.ts';
import { createArrivals } from '../../shared/clients/arrivals.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import { createContainers } from '../../shared/clients/containers.ts';
import { createModels } from '../../shared/clients/models.ts';
import { createReviews } from '../../shared/clients/reviews.ts';
import { createRuns } from '../../shared/clients/runs.ts';
import { createSchedules } from '../../shared/clients/schedules.ts';
import { createSources } from '../../shared/clients/sources.ts';
import { batchId, parseRunId, runPaths } from '../../shared/names.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import type { Batch } from '../../shared/run.ts';
import { sha256 } from '../../shared/sha256.ts';
import { until } from '../kit/running-platform.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

// Storage allows names of 1,024 characters; here are some of about a thousand, all the way that a file goes.
// https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
const LENGTH = 1_000;
const fill = (start: string, part: string, end: string) => {
  let path = start;
  while (path.length + part.length + end.length < LENGTH) path += part;
  return path + end;
};
const NAMES = [
  ['of plain letters', fill('iris/2026-03-01/', `${'a'.repeat(100)}/`, 'z.csv')],
  ['of letters of many bytes', fill('iris/2026-03-01/', `${'ü漢🌸'.repeat(20)}/`, 'ß.csv')],
  ['with percent signs, spaces and other signs', fill('iris/2026-03-01/', `100%25 +&='#a ${'%2F '.repeat(10)}/`, "it's %41 b.csv")],
] as const; // prettier-ignore

let storage: Storage;
let edge: Edge;
beforeAll(async () => {
  storage = await startStorage('landing', 'runs', 'elsewhere');
  const { lake, landing, open, identity } = storage;
  const clients = {
    ...{ lake, landing, arrivals: createArrivals(open), runs: createRuns(open), reviews: createReviews(open) },
    ...{ models: createModels(open), sources: createSources(open), schedules: createSchedules(open) },
    containers: createContainers(['127.0.0.1'], identity),
  } as unknown as Clients;
  const pipeline = pipelineSchema.parse({
    name: 'iris',
    landing: { prefix: 'iris/', pattern: '*.csv' },
    schedule: { cron: '0 3 * * *', prefix: 'iris/{yyyy}-{MM}-{dd}/' },
    sources: [
      {
        name: 'far',
        type: 'container',
        url: `${storage.url}/elsewhere/iris/`,
        access: { environment: 'SOURCE_SAS' },
      },
    ],
  });
  edge = {
    clients,
    setting: () => storage.signature('elsewhere'),
    pipelines: () => ({ pipelines: new Map([['iris', pipeline]]), broken: [] }),
  } as unknown as Edge;
});
afterAll(() => storage.close());

const durable = { start: async () => true } as unknown as DurablePort;
const silent = { debug: () => undefined, info: () => undefined, warn: (line: string) => expect.fail(line) };
const asked = (query: Record<string, string>) =>
  ({ query: new URLSearchParams(query), params: {}, url: 'http://app.test/api/arrivals' }) as unknown as HttpRequest;

describe('a path of a thousand characters', () => {
  test.each(NAMES)('%s goes from its event through a batch to where it is asked for', async (_, path) => {
    expect([...path].length).toBeLessThanOrEqual(1_024);
    storage.events.length = 0;
    await storage.lake.write(`landing/${path}`, 'a,b\n');
    for (const event of storage.events) {
      await landingBlobCreated(
        edge,
        durable,
        { eventTime: '2026-03-01T00:00:00Z', ...event } as never,
        silent as never,
      );
    }
    expect(await surveyLanding(edge, { pipeline: 'iris' })).toMatchObject({ survey: { waiting: 1 } });
    const batch = batchId(new Date(Date.UTC(2026, 2, 1, 0, 0, path.length % 60)), sha256(path));
    expect(await closeBatch(edge, { pipeline: 'iris', batchId: batch, closedAt: '2026-03-01T00:01:00Z' })).toMatchObject({ files: 1 }); // prettier-ignore
    const manifest = JSON.parse(String(await storage.lake.read(runPaths('iris', batch).batch))) as Batch;
    expect(manifest.files.map((file) => file.path)).toEqual([`landing/${path}`]);
    await edge.clients.arrivals.trace('iris', manifest.files, batch);
    const { jsonBody } = (await getArrivals(edge, asked({ path: `landing/${path}` }))) as { jsonBody: object };
    expect(jsonBody).toMatchObject({
      path: `landing/${path}`,
      value: [{ batchId: batch }],
      runs: [{ runId: `iris-${batch}` }],
    });
    expect(await storage.lake.stat(`landing/${path}`)).toMatchObject({ size: 4 });
    await storage.lake.copy(`landing/${path}`, `runs/copies/${batch}.csv`);
    expect(String(await storage.lake.read(`runs/copies/${batch}.csv`))).toBe('a,b\n');
  });

  test('is found by a backfill and by a schedule', async () => {
    const plan = { pipeline: 'iris', partition: 'day', parallel: 1, prefix: 'landing/iris/{yyyy}-{MM}-{dd}/' } as const;
    const span = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z' };
    expect(await partitionsOf(edge, { ...plan, ...span })).toMatchObject([{ files: NAMES.length }]);
    await runSchedules(edge, durable, new Date('2026-03-01T12:00:00Z'));
    const [started] = await runSchedules(edge, durable, new Date('2026-03-02T03:00:00Z'));
    const { batchId: batch = '' } = parseRunId((started as { runId: string }).runId) ?? {};
    const manifest = JSON.parse(String(await storage.lake.read(runPaths('iris', batch).batch))) as Batch;
    expect(manifest.files.map(({ path }) => path).sort()).toEqual(NAMES.map(([, path]) => `landing/${path}`).sort());
  });

  test('is collected from a container, under a name that fits', async () => {
    for (const [what, path] of NAMES) await storage.lake.write(`elsewhere/${path}`, what);
    const long = `iris/${'n'.repeat(990)}.csv`;
    await storage.lake.write(`elsewhere/${long}`, 'one long name');
    const landed = await until(
      'a settled container',
      async () => {
        const outcome = await collectSource(edge, { pipeline: 'iris', source: 'far' });
        return outcome.isPartial ? undefined : outcome;
      },
      20_000,
    );
    const files = landed.status === 'Changed' ? landed.files : [];
    const contents = await Promise.all(files.map(async (path) => String(await storage.lake.read(path))));
    expect(contents.sort()).toEqual([...NAMES.map(([what]) => what), 'one long name'].sort());
    for (const path of files) expect(path.length).toBeLessThan(400);
  });
});
