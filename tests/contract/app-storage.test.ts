import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import { DefaultAzureCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAzurite } from '../../local/lake/azurite.ts';
import { startLake } from '../../local/lake/lake.ts';
import { createArrivals, type Arrivals } from '../../shared/clients/arrivals.ts';
import { createLake, type Lake } from '../../shared/clients/lake.ts';
import { createModels, type Models } from '../../shared/clients/models.ts';
import { createRuns, type Runs } from '../../shared/clients/runs.ts';
import { tableOpener } from '../../shared/clients/table.ts';
import { batchId, runIdOf } from '../../shared/names.ts';
import type { Run } from '../../shared/run.ts';

const account = 'landfall';
const key = randomBytes(64).toString('base64');
const folder = mkdtempSync(join(tmpdir(), 'landfall-storage-'));
const closers: (() => Promise<void>)[] = [];
const noIdentity = () => new DefaultAzureCredential();
let lake: Lake;
let arrivals: Arrivals;
let runs: Runs;
let models: Models;
const events: { eventType: string; subject: string; data: { api: string } }[] = [];

beforeAll(async () => {
  const [blob, queue, table] = [await freePort(), await freePort(), await freePort()];
  const azurite = await startAzurite({ dataDir: join(folder, 'azurite'), ports: { blob, queue, table }, account, key });
  const gateway = await startLake({
    port: 0,
    dataDir: join(folder, 'lake'),
    account,
    key,
    azurite: { blob: `http://127.0.0.1:${blob}` },
    onEvent: (event) => void events.push(event as never),
  });
  closers.push(
    () => gateway.close(),
    () => azurite.close(),
  );
  const tables = `http://127.0.0.1:${table}/${account}`;
  const credential = new AzureNamedKeyCredential(account, key);
  for (const name of ['Arrivals', 'Runs', 'Models'])
    await new TableClient(tables, name, credential, { allowInsecureConnection: true }).createTable();
  const service = new DataLakeServiceClient(gateway.url, new StorageSharedKeyCredential(account, key));
  await service.getFileSystemClient('runs').create();
  const open = tableOpener({ url: tables, account, key }, noIdentity);
  lake = createLake({ url: gateway.url, account, key }, noIdentity);
  [arrivals, runs, models] = [createArrivals(open), createRuns(open), createModels(open)];
});
afterAll(async () => {
  for (const close of closers) await close();
  rmSync(folder, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

describe('the lake', () => {
  test('reads what it wrote, also under odd names, and raises FlushWithClose for it', async () => {
    const path = 'runs/iris/a b/ü%20+&=#?.json';
    expect(await lake.write(path, '{"a":1}')).toBe(true);
    expect((await lake.read(path))?.toString()).toBe('{"a":1}');
    expect(await lake.stat(path)).toMatchObject({ path, size: 7 });
    expect(events.at(-1)).toMatchObject({
      data: { api: 'FlushWithClose' },
      subject: '/blobServices/default/containers/runs/blobs/iris/a b/ü%20+&=#?.json',
    });
  });

  test('writes once where it must, but over what a dead writer left empty', async () => {
    expect(await lake.write('runs/once.json', 'first', { ifAbsent: true })).toBe(true);
    expect(await lake.write('runs/once.json', 'second', { ifAbsent: true })).toBe(false);
    expect((await lake.read('runs/once.json'))?.toString()).toBe('first');
    await lake.write('runs/dead.json', '');
    expect(await lake.write('runs/dead.json', 'whole', { ifAbsent: true })).toBe(true);
    expect((await lake.read('runs/dead.json'))?.toString()).toBe('whole');
  });

  test('lists files at all levels, and what is not there is not an error', async () => {
    for (const name of ['x/1', 'x/y/2']) await lake.write(`runs/${name}`, name);
    expect((await lake.list('runs/x')).map(({ path }) => path).sort()).toEqual(['runs/x/1', 'runs/x/y/2']);
    expect([
      await lake.read('runs/none'),
      await lake.stat('runs/none'),
      await lake.stat('runs/x'),
      await lake.list('runs/none'),
    ]).toEqual([undefined, undefined, undefined, []]);
  });
});

describe('arrivals', () => {
  const arrival = (index: number) => ({
    path: `landing/iris/${index} ü%.csv`,
    eTag: '0x1',
    size: 1,
    at: '2026-01-01T00:00:00Z',
    marker: false,
  });

  test('one version of a file is one arrival, another version another', async () => {
    expect(await Promise.all([1, 2, 3].map(() => arrivals.add('once', arrival(0))))).toSatisfy(
      (added: boolean[]) => added.filter(Boolean).length === 1,
    );
    expect(await arrivals.add('once', { ...arrival(0), eTag: '0x2' })).toBe(true);
    expect(await arrivals.waiting('once', 10)).toHaveLength(2);
  });

  test('250 are claimed in transactions, and claiming again changes nothing', async () => {
    for (let start = 0; start < 250; start += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => arrivals.add('many', arrival(start + index))));
    const waiting = await arrivals.waiting('many', 1_000);
    expect(waiting).toHaveLength(250);
    await arrivals.claim('many', waiting.slice(0, 240), 'batch');
    await arrivals.claim('many', waiting.slice(0, 240), 'batch');
    expect(await arrivals.waiting('many', 1_000)).toHaveLength(10);
    expect(await arrivals.add('many', waiting[0] ?? arrival(0))).toBe(false);
  });
});

describe('runs', () => {
  const run = (pipeline: string, day: number, over: Partial<Run> = {}): Run => {
    const batch = batchId(new Date(Date.UTC(2026, 0, day)), 'abcdef');
    return {
      runId: runIdOf(pipeline, batch),
      pipeline,
      batchId: batch,
      status: 'Succeeded',
      stages: [],
      startedAt: '',
      ...over,
    };
  };

  test('are added once, listed newest first over all pipelines, page by page', async () => {
    for (const [pipeline, day] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['b', 4],
      ['a', 5],
    ] as const)
      expect(await runs.add(run(pipeline, day))).toBe(true);
    expect(await runs.add(run('a', 1))).toBe(false);
    const first = await runs.list({ pipelines: ['a', 'b'], top: 3 });
    expect(first.value.map(({ batchId }) => batchId.slice(6, 8))).toEqual(['05', '04', '03']);
    const second = await runs.list({ pipelines: ['a', 'b'], top: 3, continuation: first.continuation ?? '' });
    expect(second.value.map(({ batchId }) => batchId.slice(6, 8))).toEqual(['02', '01']);
    expect(second.continuation).toBeUndefined();
  });

  test('are found by status, and a request to cancel outlives a save', async () => {
    const active = run('c', 1, { status: 'Running' });
    await runs.add(active);
    await runs.add(run('c', 2));
    expect((await runs.list({ pipelines: ['c'], status: 'Running', top: 5 })).value.map(({ runId }) => runId)).toEqual([
      active.runId,
    ]);
    await runs.requestCancel(active.runId);
    await runs.save({ ...active, stage: 'train' });
    expect(await runs.cancelRequested(active.runId)).toBe(true);
    expect((await runs.get(active.runId))?.stage).toBe('train');
  });

  test('an idempotency key stands for the first claim, whoever comes at the same time', async () => {
    const claims = await Promise.all(
      ['x', 'y', 'z'].map((runId) => runs.claimKey('a', 'key with / and #', { runId, body: runId })),
    );
    expect(new Set(claims.map(({ runId }) => runId)).size).toBe(1);
  });
});

describe('models', () => {
  test('of many writers to the aliases each sees what the one before has left', async () => {
    await models.move('race', () => ({ champion: '' }));
    await Promise.all(
      ['a', 'b', 'c'].map((letter) => models.move('race', ({ champion = '' }) => ({ champion: champion + letter }))),
    );
    expect([...((await models.aliases('race')).champion ?? '')].sort().join('')).toBe('abc');
  });

  test('a change that is refused writes nothing', async () => {
    expect(await models.move('race', () => undefined)).toBeUndefined();
    expect((await models.aliases('race')).champion).toHaveLength(3);
  });

  test('versions are kept as they were written, newest first, without the aliases', async () => {
    const model = (version: string) => ({
      pipeline: 'race',
      version,
      runId: 'r',
      batchId: version,
      metrics: { accuracy: 1 },
      path: 'p',
      codeDigest: 'd',
      createdAt: 't',
    });
    const [older, newer] = ['20260101-000000-abcdef', '20260102-000000-abcdef'];
    for (const version of [older, newer]) await models.add(model(version));
    await models.add({ ...model(newer), metrics: { accuracy: 0 } });
    expect((await models.list('race')).map(({ version, metrics }) => [version, metrics.accuracy])).toEqual([
      [newer, 1],
      [older, 1],
    ]);
  });
});
