import { buildLayer } from '../../shared/images/layer.ts';
import { appendLayers } from '../../shared/images/image.ts';
import { locate, readPinned, type ActivityContext } from './context.ts';

/** Where a serving image keeps its model: the path that KServe's storage initializer uses too. */
const MODEL_ROOT = '/mnt/models';

/** Largest model that travels as an image layer, in bytes: it is assembled in the app's memory. */
const MODEL_LIMIT = 512 * 1024 * 1024;

export type ModelImage =
  { ok: true; image: string; size: number } | { ok: false; reason: string; message: string; hint: string };

/** Assembles the image that serves a version and pushes it; the same files give the same digest. */
export async function buildModelImage(context: ActivityContext, { runId }: { runId: string }): Promise<ModelImage> {
  const { lake, registry } = context.clients;
  const { pipeline, batchId, paths } = locate(runId);
  const { images } = await readPinned(context, runId);
  const listed = await lake.list(paths.model);
  const size = listed.reduce((sum, file) => sum + file.size, 0);
  if (listed.length === 0) {
    return {
      ok: false,
      reason: 'ModelMissing',
      message: `${paths.model} holds no files.`,
      hint: 'train.py must write them.',
    };
  }
  if (size > MODEL_LIMIT) {
    const message = `The model's files are ${size} bytes, over the limit of ${MODEL_LIMIT} for an image layer.`;
    return { ok: false, reason: 'ModelTooLarge', message, hint: 'Make the model smaller.' };
  }
  const files = new Map<string, Uint8Array>();
  for (const { path } of listed) {
    const content = await lake.read(path);
    if (content) files.set(`${MODEL_ROOT}/${path.slice(paths.model.length + 1)}`, content);
  }
  const [repository = '', digest = ''] = images.serving.slice(registry.host.length + 1).split('@');
  const base = await registry.pull(repository, digest);
  if (!base) {
    const message = `The registry has lost ${images.serving}, which the run pinned.`;
    const hint = 'Rerun it: the image is then made anew from serving:base.';
    return { ok: false, reason: 'BaseImageMissing', message, hint };
  }
  const layer = await buildLayer(files);
  const image = appendLayers(base, [{ layer, comment: `${pipeline} model ${batchId}` }]);
  const tag = `${pipeline}-${batchId}`;
  if ((await registry.digestOf(repository, tag)) !== image.digest) await registry.push(repository, tag, image, [layer]);
  const reference = `${registry.host}/${repository}@${image.digest}`;
  await context.clients.models.note(pipeline, batchId, { image: reference });
  return { ok: true, image: reference, size };
}
