import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ActivityContext, PinnedRun } from '../../orchestrations/activities/context.ts';
import { pinRun } from '../../orchestrations/activities/pin.ts';
import { createArrivals } from '../../shared/clients/arrivals.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import { createFinishedStages } from '../../shared/clients/finished-stages.ts';
import { createModels } from '../../shared/clients/models.ts';
import type { Registry } from '../../shared/clients/registry.ts';
import type { Image } from '../../shared/images/image.ts';
import { runIdOf, runPaths } from '../../shared/names.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import type { RunRequest } from '../../shared/run.ts';
import { ROOT } from '../kit/running-platform.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

// What a run freezes when it begins, over real tables and a real lake, with a registry of base images that may change.
let storage: Storage;
let clients: Clients;
let name = '';
let cases = 0;
let bases: Record<string, string> = {};
let declared: object = {};
const home = mkdtempSync(join(tmpdir(), 'landfall-pin-'));
const at = '2026-01-01T00:00:00.000Z';
const ids = ['20260101-000000-abcdef', '20260102-000000-abcdef', '20260103-000000-abcdef'] as const;

const image = (base: string): Image => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  manifest: {
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: 'sha256:0', size: 1 },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: base, size: 1 }],
  },
  config: { rootfs: { type: 'layers', diff_ids: [base] } },
});
const registry: Registry = {
  host: 'registry',
  pull: async (repository) => image(bases[repository] ?? 'sha256:base'),
  push: async () => undefined,
  digestOf: async () => undefined,
};

beforeAll(async () => {
  storage = await startStorage('curated', 'runs', 'models');
  const { lake, open } = storage;
  const [arrivals, models, finishedStages] = [createArrivals(open), createModels(open), createFinishedStages(open)];
  clients = { lake, arrivals, models, finishedStages, registry } as unknown as Clients;
});
afterAll(async () => {
  await storage.close();
  rmSync(home, { recursive: true });
});
beforeEach(() => {
  name = `p${++cases}`;
  [bases, declared] = [{}, {}];
  mkdirSync(join(home, name));
  writeFileSync(join(home, name, 'process.py'), '');
});

const file = (path: string, eTag = '1') => ({ path: `landing/${name}/${path}`, eTag, size: 1 });

/** Pins a run over some files; `more` is what its manifest has beside them. */
async function pinned(batchId: string, files = [file('a')], request: RunRequest = {}, more: object = {}) {
  const paths = runPaths(name, batchId);
  const runId = runIdOf(name, batchId);
  await clients.lake.write(paths.request, JSON.stringify(request));
  await clients.lake.write(
    paths.batch,
    JSON.stringify({ pipeline: name, batchId, runId, createdAt: at, files, ...more }),
  );
  const pipeline = pipelineSchema.parse({ name, landing: { prefix: `${name}/` }, ...declared });
  const context = {
    clients,
    folders: { pipelines: home, runtime: join(ROOT, 'workloads/runtime') },
    pipelines: () => ({ pipelines: new Map([[name, pipeline]]), broken: [] }),
  } as unknown as ActivityContext;
  expect(await pinRun(context, { runId })).toMatchObject({ ok: true });
  const { keys } = JSON.parse(String(await clients.lake.read(paths.pinned))) as PinnedRun;
  return keys ?? { process: '', train: '' };
}

describe('the keys of what a run does', () => {
  test('change with the base image that it is done in', async () => {
    const before = await pinned(ids[0]);
    bases = { training: 'sha256:patched', serving: 'sha256:patched' };
    const trained = await pinned(ids[1]);
    expect([trained.process, trained.train === before.train]).toEqual([before.process, false]);
    bases = { spark: 'sha256:patched' };
    expect((await pinned(ids[2])).process).not.toBe(before.process);
  });

  test('change with the rows of the last batch where a check compares with them, and else do not', async () => {
    const compared = { process: { checks: [{ rows: { changeAtMost: 0.5 } }] } };
    const plain = await pinned(ids[0]);
    declared = compared;
    const first = await pinned(ids[1]);
    const path = `models/${name}/${ids[0]}`;
    const facts = {
      metrics: {},
      codeDigest: '',
      digests: { code: '' },
      lineage: { batch: '', files: 1 },
      createdAt: at,
    };
    await clients.models.add({ pipeline: name, version: ids[0], runId: '', batchId: ids[0], path, ...facts });
    const keys: string[] = [];
    for (const [index, rows] of [150, 300, 150].entries()) {
      await clients.lake.write(`${path}/profile.json`, JSON.stringify({ rows }));
      keys.push((await pinned(`2026010${index + 4}-000000-abcdef`)).process);
    }
    expect(keys[0]).toBe(keys[2]);
    expect(new Set([first.process, ...keys]).size).toBe(3);
    declared = {};
    expect(await pinned(ids[2])).toEqual(plain);
  });
});

describe('what waits in the landing zone', () => {
  beforeEach(async () => {
    const arrivals = [
      { ...file('a', '1'), at: '2026-01-01T00:00:00.000Z' },
      { ...file('a', '2'), at: '2026-01-02T00:00:00.000Z' },
      { ...file('a', '3'), at: '2026-01-03T00:00:00.000Z' },
      { ...file('b', '1'), at: '2026-01-01T00:00:00.000Z' },
    ];
    for (const arrival of arrivals) await clients.arrivals.add(name, { ...arrival, marker: false });
  });
  const waiting = async () => {
    const found = await clients.arrivals.waiting(name, 10);
    return found.map(({ path, eTag }) => `${path.slice(-1)}${eTag}`).sort();
  };

  test('is taken by a run by hand, with older versions of its files, and then no batch has it too', async () => {
    await pinned(ids[0], [file('a', '2'), file('never-arrived')]);
    expect(await waiting()).toEqual(['a3', 'b1']);
    const [, taken] = await clients.arrivals.ofPath(name, file('a').path);
    expect(taken).toMatchObject({ eTag: '2', batchId: ids[0] });
  });

  test('stays where the run ends early, or is of a batch that took what is its own', async () => {
    await pinned(ids[0], [file('a', '2')], { toStage: 'process' });
    await pinned(ids[1], [file('a', '2')], {}, { claimed: [] });
    expect(await waiting()).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  test('stays where the file that the run reads has another version than those that wait', async () => {
    await pinned(ids[0], [file('a', '4')]);
    expect(await waiting()).toEqual(['a1', 'a2', 'a3', 'b1']);
  });
});
