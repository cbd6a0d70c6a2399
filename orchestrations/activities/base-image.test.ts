import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Registry } from '../../shared/clients/registry.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import { submitCollectJob } from './collect-script.ts';
import type { ActivityContext } from './context.ts';
import { buildModelImage } from './model-image.ts';
import { pinRun } from './pin.ts';

// No repetition brings an image that is not there: that is told as what it is, with its cure, not retried.
const home = mkdtempSync(join(tmpdir(), 'landfall-base-'));
afterAll(() => rmSync(home, { recursive: true }));
for (const name of ['iris', 'landfall_runtime']) {
  mkdirSync(join(home, name));
  writeFileSync(join(home, name, 'process.py'), '');
}

const runId = 'iris-20260101-000000-abcdef';
const pipeline = pipelineSchema.parse({
  name: 'iris',
  landing: { prefix: 'iris/' },
  sources: [{ name: 'web', type: 'script' }],
});

/** A registry without any image, and a lake of these documents, by the ends of their paths. */
function world(documents: Record<string, unknown>): ActivityContext {
  const registry: Registry = {
    host: 'registry',
    pull: async () => undefined,
    push: async () => expect.fail('there is nothing to push'),
    digestOf: async () => undefined,
  };
  const lake = {
    read: async (path: string) => {
      const found = documents[path.slice(path.lastIndexOf('/') + 1)];
      return found === undefined ? undefined : Buffer.from(JSON.stringify(found));
    },
    list: async () => [{ path: 'models/iris/v/weights.pt', size: 1 }],
    write: async () => expect.fail('nothing is pinned'),
  };
  const models = { aliases: async () => ({}), list: async () => [] };
  return {
    clients: { registry, lake, models },
    folders: { runtime: home, pipelines: home },
    pipelines: () => ({ pipelines: new Map([['iris', pipeline]]), broken: [] }),
  } as unknown as ActivityContext;
}

const missing = {
  reason: 'BaseImageMissing',
  message: 'The registry registry has no image spark:base.',
  hint: 'Build it: workloads/images/build.sh REGISTRY --image spark.',
};

test('a run is not pinned without a base image', async () => {
  const batch = { pipeline: 'iris', batchId: '20260101-000000-abcdef', runId, createdAt: '', files: [] };
  expect(await pinRun(world({ 'batch.json': batch }), { runId })).toEqual({ ok: false, ...missing });
});

test('a script of a source is not started without one', async () => {
  const job = { pipeline: 'iris', source: 'web', runId, attempt: 1 };
  expect(await submitCollectJob(world({}), job)).toMatchObject({ refused: missing });
});

test('a model is not put on an image that the registry has lost', async () => {
  const images = { serving: 'registry/serving@sha256:1' };
  expect(await buildModelImage(world({ 'pinned.json': { pipeline, images } }), { runId })).toEqual({
    ok: false,
    reason: 'BaseImageMissing',
    message: 'The registry has lost registry/serving@sha256:1, which the run pinned.',
    hint: expect.stringContaining('Rerun it') as string,
  });
});
