import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArrivals, type Arrivals } from '../../shared/clients/arrivals.ts';
import type { Lake } from '../../shared/clients/lake.ts';
import { createModels, type Models } from '../../shared/clients/models.ts';
import { createOutbox } from '../../shared/clients/outbox.ts';
import { createReviews, type Reviews } from '../../shared/clients/reviews.ts';
import { createRuns, type Runs } from '../../shared/clients/runs.ts';
import type { LifecycleEvent } from '../../shared/lifecycle-events.ts';
import type { OpenTable } from '../../shared/clients/table.ts';
import { batchId, newestFirstKey, runIdOf } from '../../shared/names.ts';
import { sha256 } from '../../shared/sha256.ts';
import type { Review, Run } from '../../shared/run.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

let storage: Storage;
let lake: Lake;
let arrivals: Arrivals;
let runs: Runs;
let models: Models;
let reviews: Reviews;
let events: Storage['events'];

beforeAll(async () => {
  storage = await startStorage('runs');
  ({ lake, events } = storage);
  const { open } = storage;
  [arrivals, runs, models, reviews] = [createArrivals(open), createRuns(open), createModels(open), createReviews(open)];
});
afterAll(() => storage.close());

describe('the lake', () => {
  test('tells the digest of a file', async () => {
    await lake.write('runs/digest.bin', 'content');
    expect(await lake.digest('runs/digest.bin')).toBe(createHash('sha256').update('content').digest('hex'));
    expect(await lake.digest('runs/nothing')).toBeUndefined();
  });

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

/** Opens tables and notes by what each listing was asked for, and how many rows it gave. */
function counting(): { open: OpenTable; listings: { filter: string; rows: number }[] } {
  const listings: { filter: string; rows: number }[] = [];
  const open: OpenTable = (name) => {
    const table = storage.open(name);
    const list = table.listEntities.bind(table);
    table.listEntities = ((options: Parameters<typeof list>[0]) => {
      const listing = { filter: options?.queryOptions?.filter ?? '', rows: 0 };
      listings.push(listing);
      const inner = list(options);
      return (async function* () {
        for await (const entity of inner) {
          listing.rows++;
          yield entity;
        }
      })();
    }) as unknown as typeof table.listEntities;
    return table;
  };
  return { open, listings };
}
/** Such a filter makes the service read no more rows than it gives. */
const byKeysAlone = /^(PartitionKey|RowKey) (eq|ge|lt) '[^']*'( and (PartitionKey|RowKey) (eq|ge|lt) '[^']*')*$/;

describe('what waits and what runs', () => {
  const arrival = (index: number) => ({
    path: `landing/iris/${index}.csv`,
    eTag: '0x1',
    size: 1,
    at: '2026-01-01T00:00:00Z',
    marker: false,
  });
  const runOf = (pipeline: string, day: number, status: Run['status']): Run => {
    const batch = batchId(new Date(Date.UTC(2026, 0, day)), 'abcdef');
    return { runId: runIdOf(pipeline, batch), pipeline, batchId: batch, status, stages: [], startedAt: '' };
  };

  test('is found without a look at what was before, but once a day', async () => {
    let now = new Date('2026-03-01T00:00:00Z');
    const { open, listings } = counting();
    const many = createArrivals(open, () => now);
    for (let index = 0; index < 60; index++) await many.add('history', arrival(index));
    await many.claim('history', (await many.waiting('history', 100)).slice(0, 58), 'batch');
    const history = createRuns(open, () => now);
    for (let day = 1; day <= 30; day++) await history.add(runOf('history', day, day < 30 ? 'Succeeded' : 'Running'));
    await history.open('history');
    listings.length = 0;
    expect(await many.waiting('history', 100)).toHaveLength(2);
    expect(await history.open('history')).toHaveLength(1);
    for (const { filter } of listings) expect(filter).toMatch(byKeysAlone);
    expect(listings.map(({ rows }) => rows)).toEqual([2 + 1, 1 + 1]);
    now = new Date('2026-03-02T00:00:01Z');
    listings.length = 0;
    expect(await many.waiting('history', 100)).toHaveLength(2);
    expect(listings.filter(({ filter }) => !byKeysAlone.test(filter))).toHaveLength(1);
  });

  test('is found where an older release kept it, and not what is taken at that moment', async () => {
    const [table, runTable] = [storage.open('Arrivals'), storage.open('Runs')];
    const key = (index: number) => `${sha256(arrival(index).path)}:${sha256('0x1')}`;
    for (const index of [1, 2, 3]) {
      const row = { partitionKey: 'older', rowKey: key(index), ...arrival(index), batchId: index === 3 ? 'b' : '' };
      await table.createEntity(row);
    }
    expect((await arrivals.waiting('older', 10)).map(({ path }) => path).sort()).toEqual([
      arrival(1).path,
      arrival(2).path,
    ]);
    await arrivals.claim('older', [1, 2, 3].map(arrival), 'batch');
    expect(await arrivals.waiting('older', 10)).toEqual([]);
    for (const [day, status] of [
      [1, 'Running'],
      [2, 'Failed'],
      [3, 'Pending'],
    ] as const) {
      const run = runOf('older', day, status);
      const rowKey = newestFirstKey(run.batchId);
      await runTable.createEntity({ partitionKey: 'older', rowKey, status, document: JSON.stringify(run) });
    }
    expect((await runs.open('older')).map(({ status }) => status)).toEqual(['Pending', 'Running']);
  });

  test('a claim that a crash cut off is finished, and a run that is over is open no longer', async () => {
    for (const index of [1, 2, 3]) await arrivals.add('cut', arrival(index));
    await arrivals.claim('cut', [arrival(2)], 'batch');
    await arrivals.claim('cut', [1, 2, 3].map(arrival), 'batch');
    expect(await arrivals.waiting('cut', 10)).toEqual([]);
    expect((await arrivals.ofPath('cut', arrival(1).path)).map((found) => found.batchId)).toEqual(['batch']);
    const run = runOf('cut', 1, 'Pending');
    await runs.add(run);
    await runs.move(run.runId, () => ({ ...run, status: 'Running' }));
    expect(await runs.open('cut')).toMatchObject([{ status: 'Running' }]);
    await runs.move(run.runId, () => ({ ...run, status: 'Failed' }));
    expect(await runs.open('cut')).toEqual([]);
  });

  test('a run whose row was not added before a crash is no run, and its mark goes with time', async () => {
    let now = new Date();
    const { open, listings } = counting();
    const cut = createRuns(open, () => now);
    const { runId, batchId: batch } = runOf('gone', 1, 'Pending');
    await storage.open('Runs').createEntity({ partitionKey: 'open:gone', rowKey: newestFirstKey(batch), runId });
    const rows = async () => {
      listings.length = 0;
      expect(await cut.open('gone')).toEqual([]);
      return listings[0]?.rows;
    };
    expect(await rows()).toBe(1);
    expect(await rows()).toBe(2);
    now = new Date(now.getTime() + 2 * 3_600_000);
    expect(await rows()).toBe(2);
    expect(await rows()).toBe(1);
  });
});

describe('lineage of files', () => {
  test('tells of a path, however odd, which versions arrived and which batches hold it', async () => {
    const path = "landing/iris/it's a ü.csv";
    const [older, newer] = ['20260101-000000-abcdef', '20260102-000000-abcdef'];
    const file = (eTag: string, at: string) => ({ path, eTag, size: 1, at, marker: false });
    await arrivals.add('line', file('1', '2026-01-01T00:00:00Z'));
    await arrivals.add('line', file('2', '2026-01-02T00:00:00Z'));
    await arrivals.add('line', { ...file('1', ''), path: `${path}x` });
    await arrivals.claim('line', [{ path, eTag: '1' }], older);
    expect((await arrivals.ofPath('line', path)).map(({ eTag, batchId }) => [eTag, batchId])).toEqual([
      ['2', undefined],
      ['1', older],
    ]);
    for (const batch of [older, newer, newer]) await arrivals.trace('line', [{ path, eTag: '1' }], batch);
    expect((await arrivals.batchesOf('line', path)).map(({ batchId }) => batchId)).toEqual([newer, older]);
    expect(await arrivals.waiting('trace:line', 10)).toEqual([]);
    expect(await arrivals.batchesOf('line', 'landing/iris/other.csv')).toEqual([]);
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

  test('are found by status, and a request to cancel outlives a change', async () => {
    const active = run('c', 1, { status: 'Running' });
    await runs.add(active);
    await runs.add(run('c', 2));
    expect((await runs.list({ pipelines: ['c'], status: 'Running', top: 5 })).value.map(({ runId }) => runId)).toEqual([
      active.runId,
    ]);
    await runs.requestCancel(active.runId);
    await runs.move(active.runId, (now) => now && { ...now, stage: 'train' });
    expect(await runs.cancelRequested(active.runId)).toBe(true);
    expect((await runs.get(active.runId))?.stage).toBe('train');
  });

  test('a status changes only as a run may go, and of many writers each sees what the one before has left', async () => {
    const { runId } = run('d', 1);
    await runs.add(run('d', 1, { status: 'Pending' }));
    const to = (status: Run['status']) => runs.move(runId, (now) => now && { ...now, status });
    await expect(to('Succeeded')).rejects.toThrow('is Pending and cannot become Succeeded');
    await Promise.all([to('Running'), to('Running'), runs.requestCancel(runId)]);
    await Promise.all(['Cancelled', 'Failed'].map((status) => to(status as 'Failed'))).catch(() => undefined);
    const { status } = (await runs.get(runId)) ?? {};
    await expect(to(status === 'Failed' ? 'Cancelled' : 'Failed')).rejects.toThrow('cannot become');
    await to(status ?? 'Pending');
    await runs.move(runId, () => undefined);
    expect(await runs.get(runId)).toMatchObject({ status });
    expect(await runs.cancelRequested(runId)).toBe(true);
  });

  test('an idempotency key stands for the first claim, whoever comes at the same time', async () => {
    const key = 'key with / and #';
    const claims = await Promise.all(
      ['x', 'y', 'z'].map((runId) => runs.claimKey('run', 'a', key, { runId, body: runId })),
    );
    expect(new Set(claims.map(({ runId }) => runId)).size).toBe(1);
    expect(await runs.claimKey('backfill', 'a', key, { runId: 'other', body: '' })).toMatchObject({ runId: 'other' });
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
      digests: { code: 'd' },
      lineage: { batch: 'b', files: 1 },
      createdAt: 't',
    });
    const [older, newer] = ['20260101-000000-abcdef', '20260102-000000-abcdef'];
    for (const version of [older, newer]) await models.add(model(version));
    await models.add({ ...model(newer), metrics: { accuracy: 0 } });
    expect((await models.list('race')).map(({ version, metrics }) => [version, metrics.accuracy])).toEqual([
      [newer, 1],
      [older, 1],
    ]);
    expect((await models.list('race', 1, newer)).map(({ version }) => version)).toEqual([older]);
    expect(await models.list('race', 1, older)).toEqual([]);
  });

  test('what is learnt of a version later is added, each note by itself, and no version comes of a note', async () => {
    const version = '20260101-000000-abcdef';
    await models.note('race', version, { gate: { decision: 'pass', reasons: ['good'] } });
    await models.note('race', version, { status: 'Deployed' });
    expect(await models.get('race', version)).toMatchObject({
      metrics: { accuracy: 1 },
      status: 'Deployed',
      gate: { decision: 'pass', reasons: ['good'] },
    });
    expect((await models.list('race', 1))[0]).toMatchObject({ status: 'Candidate' });
    await expect(models.note('race', '20200101-000000-abcdef', { status: 'Failed' })).rejects.toThrow();
  });
});

describe('reviews', () => {
  const review = (day: number, over: Partial<Review> = {}): Review => {
    const version = batchId(new Date(Date.UTC(2026, 0, day)), 'abcdef');
    const times = { requestedAt: '2026-01-01T00:00:00Z', deadlineAt: '2026-01-02T00:00:00Z' };
    const runId = runIdOf('r', version);
    return { runId, version, status: 'Waiting', reasons: [], onDeadline: 'reject', link: '', ...times, ...over };
  };

  test('are opened once, and of many who decide at the same time one does', async () => {
    const { runId } = await reviews.open(review(1, { reasons: ['first'] }));
    expect((await reviews.open(review(1, { reasons: ['second'] }))).reasons).toEqual(['first']);
    const names = ['Ada', 'Bob', 'Cy', 'Di'];
    const answers = await Promise.all(
      names.map((decidedBy) => reviews.settle(runId, { status: 'Approved', decidedBy, decidedAt: 'now' })),
    );
    expect(answers.filter((answer) => answer?.settled)).toHaveLength(1);
    const kept = await reviews.get(runId);
    expect(new Set(answers.map((answer) => answer?.review.decidedBy))).toEqual(new Set([kept?.decidedBy]));
  });

  test('that wait are listed, newest first, and are no runs', async () => {
    for (const day of [2, 3]) await reviews.open(review(day));
    expect((await reviews.waiting('r')).map(({ version }) => version.slice(6, 8))).toEqual(['03', '02']);
    expect((await runs.list({ pipelines: ['r'], top: 10 })).value).toEqual([]);
    expect(await reviews.get('no run id')).toBeUndefined();
    expect(await reviews.settle(review(9).runId, { status: 'Expired', decidedAt: '' })).toBeUndefined();
  });
});

describe('the outbox', () => {
  const event = (runId: string): LifecycleEvent => ({
    name: 'RunStarted',
    key: runId,
    subject: 's',
    data: { runId, pipeline: 'p', batchId: 'b', startedAt: 't' },
  });

  test('keeps what the topic does not take, once, and publishes it later in order', async () => {
    let isUp = false;
    const published: string[] = [];
    const topic = {
      async publish({ key }: LifecycleEvent) {
        if (!isUp) throw new Error('the topic is down');
        published.push(key);
      },
    };
    let second = 0;
    const outbox = createOutbox(storage.open, topic, () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)));
    for (const runId of ['b', 'a', 'b']) await outbox.publish(event(runId));
    await expect(outbox.flush()).rejects.toThrow('the topic is down');
    isUp = true;
    expect(await outbox.flush()).toBe(2);
    expect(published).toEqual(['a', 'b']);
    expect(await outbox.flush()).toBe(0);
    await outbox.publish(event('c'));
    expect(published).toEqual(['a', 'b', 'c']);
  });
});
