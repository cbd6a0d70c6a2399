import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArrivals, type Arrivals } from '../../shared/clients/arrivals.ts';
import type { Lake } from '../../shared/clients/lake.ts';
import { createModels, type Models } from '../../shared/clients/models.ts';
import { createOutbox } from '../../shared/clients/outbox.ts';
import { createReviews, type Reviews } from '../../shared/clients/reviews.ts';
import { createRuns, type Runs } from '../../shared/clients/runs.ts';
import type { LifecycleEvent } from '../../shared/lifecycle-events.ts';
import { batchId, runIdOf } from '../../shared/names.ts';
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
