import { appendLayers } from '../../shared/images/image.ts';
import type { Layer } from '../../shared/images/layer.ts';
import type { Registry } from '../../shared/clients/registry.ts';
import type { PinnedRun } from './context.ts';

/** Tag of the base image in each repository. */
const BASE_TAG = 'base';

/** Why an image cannot be made: the registry lacks what it is made from. */
export interface BaseImageMissing {
  reason: 'BaseImageMissing';
  message: string;
  hint: string;
}

/** The images of a run's jobs and of its model's base, each with the code on it. */
export async function codeImages(
  registry: Registry,
  pipeline: string,
  layer: Layer,
): Promise<PinnedRun['images'] | BaseImageMissing> {
  const images = { spark: '', training: '', serving: '' };
  for (const repository of ['spark', 'training', 'serving'] as const) {
    const image = await codeImage(registry, repository, pipeline, layer);
    if (typeof image !== 'string') return image;
    images[repository] = image;
  }
  return images;
}

/** The base image with the code layer on it, by digest; pushed unless the registry has it. */
export async function codeImage(
  registry: Registry,
  repository: string,
  pipeline: string,
  layer: Layer,
): Promise<string | BaseImageMissing> {
  const base = await registry.pull(repository, BASE_TAG);
  if (!base) {
    return {
      reason: 'BaseImageMissing',
      message: `The registry ${registry.host} has no image ${repository}:${BASE_TAG}.`,
      hint: `Build it: workloads/images/build.sh REGISTRY --image ${repository}.`,
    };
  }
  const image = appendLayers(base, [{ layer, comment: `${pipeline} code` }]);
  const tag = `${pipeline}-code-${image.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  if ((await registry.digestOf(repository, tag)) !== image.digest) await registry.push(repository, tag, image, [layer]);
  return `${registry.host}/${repository}@${image.digest}`;
}
