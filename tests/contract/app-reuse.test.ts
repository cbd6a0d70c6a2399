import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adoptStage } from '../../orchestrations/activities/adopt.ts';
import type { ActivityContext, PinnedRun } from '../../orchestrations/activities/context.ts';
import { askedFor, doneBefore } from '../../orchestrations/activities/reuse.ts';
import { validateModel } from '../../orchestrations/activities/validate.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import { createFinishedStages } from '../../shared/clients/finished-stages.ts';
import { createModels } from '../../shared/clients/models.ts';
import { runIdOf, runPaths } from '../../shared/names.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

// What a run takes over from others, over real tables and a real lake.
let storage: Storage;
let clients: Clients;
let name = '';
let cases = 0;

const [older, newer, newest] = ['20260101-000000-abcdef', '20260102-000000-abcdef', '20260103-000000-abcdef'];
const at = '2026-01-01T00:00:00.000Z';
const keys = { process: 'process-key', train: 'train-key' };
const images = { spark: 'spark@sha256:1', training: 'training@sha256:1', serving: 'serving@sha256:1' };

beforeAll(async () => {
  storage = await startStorage('curated', 'runs', 'models');
  const { lake, open } = storage;
  clients = { lake, models: createModels(open), finishedStages: createFinishedStages(open) } as unknown as Clients;
});
afterAll(() => storage.close());
beforeEach(() => (name = `p${++cases}`));

const context = () => ({ clients }) as ActivityContext;
const run = (batch: string) => runIdOf(name, batch);
const pipeline = (over: object = {}) => pipelineSchema.parse({ name, landing: { prefix: 'p/' }, ...over });

/** A run that was pinned, with stages that succeeded or failed at their last attempt, and what they made. */
async function ran(batchId: string, pinned: Partial<PinnedRun>, results: Record<string, string> = {}): Promise<string> {
  const paths = runPaths(name, batchId);
  const batch = { pipeline: name, batchId, runId: run(batchId), createdAt: at, files: [] };
  const facts = { runId: run(batchId), pipeline: pipeline(), batch, codeDigest: 'sha256:c', images, ...pinned };
  await clients.lake.write(paths.pinned, JSON.stringify(facts));
  for (const [stage, status] of Object.entries(results)) {
    const result = { status, outputs: { by: stage }, metrics: { accuracy: 0.9 }, startedAt: at, finishedAt: at };
    const kind = stage as 'process' | 'train';
    await clients.lake.write(paths.result(kind, 1), JSON.stringify({ ...result, status: 'Failed' }));
    await clients.lake.write(paths.result(kind, 2), JSON.stringify(result));
    if (status !== 'Succeeded') continue;
    await remember(kind, batchId, pinned.champion);
    await clients.lake.write(made(kind, batchId), 'x');
  }
  return run(batchId);
}

/** A file that a stage made. */
const made = (stage: string, batchId: string) =>
  stage === 'train' ? `models/${name}/${batchId}/weights.pt` : `curated/${name}/batch=${batchId}/part-0`;

async function remember(stage: 'process' | 'train', batchId: string, champion?: string): Promise<void> {
  const done = { runId: run(batchId), attempt: 2, ...(champion && { champion }) };
  await clients.finishedStages.remember(name, keys[stage], done);
}

async function recorded(version: string, weights: string): Promise<void> {
  await clients.models.add({
    pipeline: name,
    version,
    runId: run(version),
    batchId: version,
    metrics: {},
    path: `models/${name}/${version}`,
    codeDigest: 'sha256:c',
    digests: { code: 'sha256:c', weights },
    lineage: { batch: '', files: 0 },
    createdAt: at,
  });
}

const both = { process: 'Succeeded', train: 'Succeeded' };
const remove = (path: string) => storage.landing.drop(path);
const before = (champion?: string, now: Partial<PinnedRun> = {}) =>
  doneBefore(clients, { pipeline: pipeline(), images, keys, ...(champion && { champion }), ...now });

test('what nobody did is not taken over', async () => {
  expect(await before()).toEqual({});
});

test('what was done with the same champion is, with its outcome', async () => {
  await ran(newer, { champion: older }, both);
  const outcome = { runId: run(newer), metrics: { accuracy: 0.9 }, champion: older };
  expect(await before(older)).toEqual({
    process: { ...outcome, outputs: { by: 'process' } },
    train: { ...outcome, outputs: { by: 'train' } },
  });
});

test('what was compared with another champion is not', async () => {
  await ran(newer, { champion: older }, both);
  expect(await before('another')).toEqual({});
  expect(await before()).toEqual({});
});

test('what made the champion is, and then nothing is left to do', async () => {
  await ran(older, {}, both);
  expect(await before(older)).toMatchObject({ process: {}, train: {}, serves: older });
});

test('so is what made the very weights of the champion', async () => {
  await ran(older, {}, both);
  await ran(newer, {});
  await recorded(older, 'sha256:w');
  await recorded(newer, 'sha256:w');
  await recorded(newest, 'sha256:other');
  expect(await before(newer)).toMatchObject({ serves: newer });
  expect(await before(newest)).toEqual({});
});

test('a champion that would be rolled out otherwise now is rolled out anew', async () => {
  await ran(older, {}, both);
  const spoken = pipeline({ rollout: { resources: { memory: '4Gi' } } });
  const patched = { images: { ...images, serving: 'serving@sha256:2' } };
  const told = pipeline({ rollout: { pods: { environment: { LEVEL: 'debug' } } } });
  for (const now of [{ pipeline: spoken }, patched, { pipeline: told }]) {
    expect(Object.keys(await before(older, now))).toEqual(['process', 'train']);
  }
  const patient = pipeline({ rollout: { timeout: '1h' } });
  expect(await before(older, { pipeline: patient })).toMatchObject({ serves: older });
});

test('what was deleted is made again, but data is not missed where the model is there', async () => {
  await ran(older, {}, both);
  await remove(made('process', older));
  expect(Object.keys(await before())).toEqual(['process', 'train']);
  expect(Object.keys(await askedFor(clients, { of: run(older), fromStage: 'validate' }))).toEqual(['process', 'train']);
  const because = `What ${run(older)} made in stage process was deleted.`;
  expect(await askedFor(clients, { of: run(older), fromStage: 'train' })).toEqual({ missing: 'process', because });
  await remove(made('train', older));
  expect(await before()).toEqual({});
  await clients.lake.write(made('process', older), 'x');
  expect(Object.keys(await before())).toEqual(['process']);
});

test('a model that was deleted after the run began is told, and not taken for an empty one', async () => {
  const first = await ran(older, {}, both);
  await ran(newer, { reuse: { train: { runId: first, outputs: {}, metrics: {} } } });
  await remove(made('train', older));
  await expect(adoptStage(context(), { runId: run(newer), stage: 'train' })).rejects.toThrow('was deleted');
});

test('data is taken over alone where the training is another, a training never without its data', async () => {
  await ran(older, {}, { process: 'Succeeded' });
  expect(Object.keys(await before())).toEqual(['process']);
  name = `p${++cases}`;
  await ran(older, {}, { train: 'Succeeded' });
  expect(await before()).toEqual({});
});

test('a rerun takes over what its stage leaves out, from where the other run had it', async () => {
  const first = await ran(older, {}, both);
  const { process } = (await askedFor(clients, { of: first, fromStage: 'train' })) as { process: object };
  expect(process).toEqual({ runId: first, outputs: { by: 'process' }, metrics: { accuracy: 0.9 } });
  const second = await ran(newer, { reuse: { process: process as never } }, { train: 'Failed' });
  expect(await askedFor(clients, { of: second, fromStage: 'train' })).toEqual({ process });
  const because = `${second} never finished stage train.`;
  expect(await askedFor(clients, { of: second, fromStage: 'validate' })).toEqual({ missing: 'train', because });
  expect(await askedFor(clients, { of: second, fromStage: 'process' })).toEqual({});
});

test('a model and the documents of its data are copied whole, once or twice; nothing to copy is fine', async () => {
  const first = await ran(older, {}, both);
  const source = { runId: first, outputs: {}, metrics: {} };
  await ran(newer, { reuse: { process: source, train: source } });
  const [from, to] = [older, newer].map((batch) => runPaths(name, batch ?? ''));
  const weights = Buffer.alloc(17_000_001, 'w');
  await clients.lake.write(`${from?.model}/weights.pt`, weights);
  await clients.lake.write(`${from?.model}/deep/empty`, '');
  await clients.lake.write(from?.profile ?? '', '{"rows":1}');
  for (const stage of ['process', 'train', 'train'] as const) await adoptStage(context(), { runId: run(newer), stage });
  expect((await clients.lake.read(`${to?.model}/weights.pt`))?.equals(weights)).toBe(true);
  expect(await clients.lake.read(`${to?.model}/deep/empty`)).toHaveLength(0);
  expect(String(await clients.lake.read(to?.profile ?? ''))).toBe('{"rows":1}');
  expect(await clients.lake.read(to?.checks ?? '')).toBeUndefined();
});

describe('drift against a champion whose data was taken over', () => {
  const profile = (batch: string, baseline: string | null, counts: number[]) => {
    const rows = counts.reduce((sum, count) => sum + count, 0);
    const stats = { min: 0, max: 4, mean: 2, std: 1, quantiles: {}, distinct: 4, missing: 0, infinite: 0 };
    const top = [{ value: 'a', count: counts[0] ?? 0 }];
    const category = { name: 'c', type: 'category', dataType: 'string', count: rows, missing: 0, distinct: 2 };
    const number = { name: 'x', type: 'number', dataType: 'double', count: rows, ...stats };
    const histogram = { edges: [1, 2, 3], counts };
    const features = [
      { ...number, histogram },
      { ...category, top, other: rows - (counts[0] ?? 0) },
    ];
    return JSON.stringify({ version: 1, pipeline: name, batch, baseline, rows, label: null, features, skipped: [] });
  };
  const same = [50, 50, 50, 50];

  /** A champion that took over the data of an older run, and a run with this profile of its own. */
  async function judged(batch: string, baseline: string | null, counts: number[]) {
    const runId = await ran(newest, { champion: newer });
    await recorded(newest, 'sha256:new');
    await recorded(newer, 'sha256:old');
    await clients.models.move(name, () => ({ champion: newer }));
    await clients.lake.write(`models/${name}/${newer}/profile.json`, profile(older, null, same));
    await clients.lake.write(runPaths(name, newest).profile, profile(batch, baseline, counts));
    const metrics = { 'champion.accuracy': 0.9, changedPredictions: 0, accuracy: 0.9 };
    return (await validateModel(context(), { runId, metrics })).gate;
  }

  test('is none in the same data, though that was profiled before there was this champion', async () => {
    expect(await judged(older, null, same)).toMatchObject({ decision: 'pass' });
  });

  test('is measured in data that was profiled against it', async () => {
    expect(await judged(newest, newer, [48, 52, 49, 51])).toMatchObject({ decision: 'pass' });
    name = `p${++cases}`;
    const { decision, reasons } = await judged(newest, newer, [190, 5, 3, 2]);
    expect([decision, reasons.join()]).toEqual(['review', expect.stringContaining('x: PSI')]);
  });

  test('cannot be measured in data that was profiled against another', async () => {
    expect(await judged(newest, older, same)).toMatchObject({ decision: 'review' });
  });
});

test('a model is not held against itself, but against a champion that its training never met', async () => {
  const train = { runId: run(older), outputs: {}, metrics: {} };
  const runId = await ran(newest, { champion: newer, reuse: { process: train, train } });
  await recorded(older, 'sha256:w');
  await recorded(newest, 'sha256:w');
  await recorded(newer, 'sha256:other');
  await clients.models.move(name, () => ({ champion: older }));
  expect(await validateModel(context(), { runId, metrics: {} })).toMatchObject({ gate: { decision: 'pass' } });
  await clients.models.move(name, () => ({ champion: newer }));
  const { gate } = await validateModel(context(), { runId, metrics: {} });
  expect(gate).toMatchObject({ decision: 'review' });
  expect(gate.reasons.join()).toContain(`the champion changed from none to ${newer}`);
});
