import { join } from 'node:path';
import { buildCodeLayer } from '../../shared/images/code-layer.ts';
import { appendLayers } from '../../shared/images/image.ts';
import type { Layer } from '../../shared/images/layer.ts';
import type { Registry } from '../../shared/clients/registry.ts';
import type { Batch } from '../../shared/run.ts';
import { locate, readJson, type ActivityContext, type PinnedRun } from './context.ts';

/** Tag of the base image in each repository. */
const BASE_TAG = 'base';

export type Pinning =
  | { ok: true; files: number; codeDigest: string; rolloutTimeoutMs: number }
  | { ok: false; reason: string; message: string; hint: string };

/**
 * Freezes what a run will use: its batch, its pipeline as declared now, and images with the code as it is now.
 * What was pinned once stays: a repetition reads it.
 */
export async function pinRun(context: ActivityContext, { runId }: { runId: string }): Promise<Pinning> {
  const { clients, folders } = context;
  const { pipeline: name, paths } = locate(runId);
  const known = await readJson<PinnedRun>(clients, paths.pinned);
  if (known) return summary(known);

  const { pipelines, broken } = context.pipelines();
  const pipeline = pipelines.get(name);
  if (!pipeline) {
    const problems = broken.find((entry) => entry.name === name)?.problems ?? [`there is no pipeline ${name}`];
    return {
      ok: false,
      reason: 'PipelineBroken',
      message: problems.join('\n'),
      hint: `Correct ${name}/pipeline.yaml.`,
    };
  }
  const batch = await readJson<Batch>(clients, paths.batch);
  if (!batch) throw new Error(`${paths.batch} is missing`);
  const layer = await buildCodeLayer(folders.runtime, join(folders.pipelines, name));
  const pinned: PinnedRun = {
    runId,
    pipeline,
    batch,
    codeDigest: layer.digest,
    images: {
      spark: await codeImage(clients.registry, 'spark', name, layer),
      training: await codeImage(clients.registry, 'training', name, layer),
      serving: await codeImage(clients.registry, 'serving', name, layer),
    },
  };
  await clients.lake.write(paths.pinned, JSON.stringify(pinned, null, 1), { ifAbsent: true });
  return summary(pinned);
}

function summary({ batch, codeDigest, pipeline }: PinnedRun): Pinning {
  return { ok: true, files: batch.files.length, codeDigest, rolloutTimeoutMs: pipeline.rollout.timeout };
}

/** The base image with the code layer on it, by digest; pushed unless the registry has it. */
async function codeImage(registry: Registry, repository: string, pipeline: string, layer: Layer): Promise<string> {
  const base = await registry.pull(repository, BASE_TAG);
  if (!base) {
    throw new Error(
      `The registry has no image ${repository}:${BASE_TAG}: build the base images of workloads/images first`,
    );
  }
  const image = appendLayers(base, [{ layer, comment: `${pipeline} code` }]);
  const tag = `${pipeline}-code-${image.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  if ((await registry.digestOf(repository, tag)) !== image.digest) await registry.push(repository, tag, image, [layer]);
  return `${registry.host}/${repository}@${image.digest}`;
}
