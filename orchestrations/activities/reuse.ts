import type { Clients } from '../../shared/clients/clients.ts';
import { jobResultSchema } from '../../shared/jobs/job-result.ts';
import { inferenceService } from '../../shared/manifests/inference-service.ts';
import { parseRunId, runIdOf, runPaths } from '../../shared/names.ts';
import type { Pipeline } from '../../shared/pipeline.ts';
import type { RunRequest } from '../../shared/run.ts';
import type { StageKeys } from '../../shared/stage-keys.ts';
import { attemptsOf } from './attempts.ts';
import { findPinned, locate, readJson, type PinnedRun } from './context.ts';
import type { JobStage } from './job-manifest.ts';

/** A stage's outcome that another run came to. */
export interface TakenOver {
  runId: string;
  outputs: Record<string, string>;
  metrics: Record<string, number>;
  /** Version that served when that run began, which its outcome was compared with. */
  champion?: string;
}

/** What a run takes over from others. */
export interface Reuse {
  process?: TakenOver;
  train?: TakenOver;
  /** The version that serves is just what the run would make: there is nothing to do. */
  serves?: string;
}

/** A stage of which there is nothing to take over, and why. */
export interface Missing {
  missing: JobStage;
  because: string;
}

/** What a run takes over because somebody asked for that. */
export async function askedFor(
  clients: Clients,
  { of, fromStage }: NonNullable<RunRequest['rerun']>,
): Promise<Reuse | Missing> {
  const wanted = ({ process: [], train: ['process'], validate: ['process', 'train'] } as const)[fromStage];
  const reuse: Reuse = {};
  for (const stage of wanted) {
    const found = await outcomeOf(clients, of, stage);
    if (!found) return { missing: stage, because: `${of} never finished stage ${stage}.` };
    reuse[stage] = found;
  }
  const last = wanted.at(-1);
  const from = last && reuse[last];
  if (!from || (await isKept(clients, from, last))) return reuse;
  return { missing: last, because: `What ${from.runId} made in stage ${last} was deleted.` };
}

/**
 * What a run takes over because the same was done before: only what was compared with the champion of now, or made the
 * champion itself, for else the comparison would be missing.
 */
export async function doneBefore(
  clients: Clients,
  { pipeline, images, keys, champion }: Pick<PinnedRun, 'pipeline' | 'images' | 'champion'> & { keys: StageKeys },
): Promise<Reuse> {
  const { name } = pipeline;
  const [process, train] = await Promise.all(
    (['process', 'train'] as const).map(async (stage) => {
      const known = await clients.finishedStages.recall(name, keys[stage]);
      if (!known || !(await isComparable(clients, name, known, champion))) return undefined;
      return outcomeOf(clients, known.runId, stage);
    }),
  );
  if (!process) return {};
  if (!train || !(await isKept(clients, train, 'train'))) {
    return (await isKept(clients, process, 'process')) ? { process } : {};
  }
  const serves =
    champion !== undefined &&
    (await madeSame(clients, name, train.runId, champion)) &&
    (await servesAlike(clients, champion, pipeline, images.serving));
  return { process, train, ...(serves && { serves: champion }) };
}

/** Whether the champion's rollout is what a rollout of now would be: the same code, base image, resources and settings. */
async function servesAlike(clients: Clients, champion: string, pipeline: Pipeline, image: string): Promise<boolean> {
  const pinned = await findPinned(clients, runIdOf(pipeline.name, champion));
  if (pinned?.images.serving !== image) return false;
  const manifest = (of: Pipeline) => JSON.stringify(inferenceService({ pipeline: of, version: champion, image }));
  return manifest(pinned.pipeline) === manifest(pipeline);
}

async function isComparable(
  clients: Clients,
  pipeline: string,
  known: { runId: string; champion?: string },
  champion: string | undefined,
): Promise<boolean> {
  if (known.champion === champion) return true;
  return champion !== undefined && madeSame(clients, pipeline, known.runId, champion);
}

/** Whether a run's model is, by its weights, the version that serves. */
async function madeSame(clients: Clients, pipeline: string, runId: string, champion: string): Promise<boolean> {
  const version = parseRunId(runId)?.batchId ?? '';
  return version === champion || haveSameWeights(clients, pipeline, version, champion);
}

/** Whether two versions have the very same weights. */
export async function haveSameWeights({ models }: Clients, pipeline: string, a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([models.get(pipeline, a), models.get(pipeline, b)]);
  return one?.digests.weights !== undefined && one.digests.weights === other?.digests.weights;
}

/** What a run's stage came to, wherever it had that from; undefined if it never succeeded. */
async function outcomeOf(clients: Clients, runId: string, stage: JobStage): Promise<TakenOver | undefined> {
  const { paths, pipeline, batchId } = locate(runId);
  const pinned = await readJson<PinnedRun>(clients, paths.pinned);
  const inherited = pinned?.reuse?.[stage];
  if (inherited) return inherited;
  const attempts = await attemptsOf(clients.lake, { pipeline, batchId }, stage);
  for (const attempt of attempts.reverse()) {
    const found = await readJson<unknown>(clients, runPaths(pipeline, batchId).result(stage, attempt));
    const result = found === undefined ? undefined : jobResultSchema.parse(found);
    if (result?.status !== 'Succeeded') continue;
    const { outputs, metrics } = result;
    return { runId, outputs, metrics, ...(pinned?.champion && { champion: pinned.champion }) };
  }
  return undefined;
}

/**
 * Whether what a stage made is still there: people and lifecycle rules delete data and models. Of the stages that are
 * taken over only the last one's is needed: a model needs no data any more.
 */
async function isKept({ lake }: Clients, { runId }: TakenOver, stage: JobStage): Promise<boolean> {
  const { curated, model } = locate(runId).paths;
  return (await lake.list(stage === 'process' ? curated : model)).length > 0;
}
