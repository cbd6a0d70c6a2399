import { join } from 'node:path';
import { buildCodeLayer } from '../../shared/images/code-layer.ts';
import { appendLayers } from '../../shared/images/image.ts';
import type { Layer } from '../../shared/images/layer.ts';
import type { Registry } from '../../shared/clients/registry.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import { modelPath, versionOfPath } from '../../shared/names.ts';
import type { Pipeline } from '../../shared/pipeline.ts';
import type { Batch, LastStage, RunRequest } from '../../shared/run.ts';
import { stageKeys, type StageKeys } from '../../shared/stage-keys.ts';
import type { JobStage } from './job-manifest.ts';
import { locate, readJson, type ActivityContext, type PinnedRun } from './context.ts';
import { askedFor, doneBefore, type Reuse } from './reuse.ts';

/** Tag of the base image in each repository. */
const BASE_TAG = 'base';

export type Pinning =
  | {
      ok: true;
      files: number;
      codeDigest: string;
      rolloutTimeoutMs: number;
      /** What other runs have done already. */
      reuse?: Reuse;
      toStage?: LastStage;
      review: { deadlineMs: number; reminderMs: number; onDeadline: 'reject' | 'approve' };
    }
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
  const declared = pipelines.get(name);
  if (!declared) {
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
  const request = (await readJson<RunRequest>(clients, paths.request)) ?? {};
  const pipeline = asRequested(declared, request);
  const [{ champion }, [last]] = await Promise.all([clients.models.aliases(name), clients.models.list(name, 1)]);
  const weights = await initialWeights(clients, pipeline, champion);
  if (weights && 'missing' in weights) {
    return {
      ok: false,
      reason: 'WeightsMissing',
      message: `The initial weights ${weights.missing} are not in the lake.`,
      hint: 'Name a weights file of a model version, champion or fresh.',
    };
  }
  const layer = await buildCodeLayer(folders.runtime, join(folders.pipelines, name));
  const keys = stageKeys({
    batch,
    codeDigest: layer.digest,
    pipeline,
    ...(weights && { initialWeights: { path: weights.path, eTag: weights.eTag } }),
  });
  const reuse = await reusable(clients, request, name, keys, champion);
  if ('missing' in reuse) return neverFinished(request, reuse.missing);
  const pinned: PinnedRun = {
    runId,
    pipeline,
    batch,
    codeDigest: layer.digest,
    keys,
    reuse,
    ...(request.toStage && { toStage: request.toStage }),
    ...(champion && { champion }),
    ...(last && { previous: last.path }),
    ...(weights && { initialWeights: { path: weights.path, ...(weights.version && { version: weights.version }) } }),
    images: {
      spark: await codeImage(clients.registry, 'spark', name, layer),
      training: await codeImage(clients.registry, 'training', name, layer),
      serving: await codeImage(clients.registry, 'serving', name, layer),
    },
  };
  await clients.arrivals.trace(name, batch.files, batch.batchId);
  await clients.lake.write(paths.pinned, JSON.stringify(pinned, null, 1), { ifAbsent: true });
  return summary(pinned);
}

/** What the run takes over: what somebody asked for, else what was done before, unless nothing is to be. */
async function reusable(
  clients: Clients,
  { rerun, noCache = false }: RunRequest,
  pipeline: string,
  keys: StageKeys,
  champion: string | undefined,
): Promise<Reuse | { missing: JobStage }> {
  if (rerun && rerun.fromStage !== 'process') return askedFor(clients, rerun);
  return noCache || rerun ? {} : doneBefore(clients, pipeline, keys, champion);
}

function neverFinished({ rerun }: RunRequest, stage: JobStage): Pinning {
  return {
    ok: false,
    reason: 'NothingToTakeOver',
    message: `${rerun?.of} never finished stage ${stage}.`,
    hint: `Rerun it from an earlier stage, such as ${stage}.`,
  };
}

/** The pipeline as declared, with what this run alone was asked to do otherwise. */
function asRequested(declared: Pipeline, request: RunRequest): Pipeline {
  const { parameters, initialWeights = declared.train.initialWeights } = request;
  const { process, train } = declared;
  return {
    ...declared,
    process: { ...process, parameters: { ...process.parameters, ...parameters?.process } },
    train: { ...train, parameters: { ...train.parameters, ...parameters?.train }, initialWeights },
  };
}

/** The weights file that a training begins with; none for a fresh one, nor where no champion is there yet. */
async function initialWeights(
  { lake }: Clients,
  { name, train }: Pipeline,
  champion: string | undefined,
): Promise<{ path: string; eTag: string; version?: string } | { missing: string } | undefined> {
  const chosen = train.initialWeights;
  if (chosen === 'fresh' || (chosen === 'champion' && champion === undefined)) return undefined;
  const path = champion && chosen === 'champion' ? `${modelPath(name, champion)}/weights.pt` : chosen;
  const file = await lake.stat(path);
  if (!file) return { missing: path };
  const version = versionOfPath(name, path);
  return { path, eTag: file.eTag, ...(version && { version }) };
}

function summary({ batch, codeDigest, pipeline, reuse, toStage }: PinnedRun): Pinning {
  const { deadline, reminder, onDeadline } = pipeline.validate.review;
  return {
    ok: true,
    files: batch.files.length,
    codeDigest,
    rolloutTimeoutMs: pipeline.rollout.timeout,
    ...(reuse && { reuse }),
    ...(toStage && { toStage }),
    review: { deadlineMs: deadline, reminderMs: reminder, onDeadline },
  };
}

/** The base image with the code layer on it, by digest; pushed unless the registry has it. */
export async function codeImage(
  registry: Registry,
  repository: string,
  pipeline: string,
  layer: Layer,
): Promise<string> {
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
