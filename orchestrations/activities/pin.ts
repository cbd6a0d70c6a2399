import { join } from 'node:path';
import { buildCodeLayer } from '../../shared/images/code-layer.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import { modelPath, versionOfPath } from '../../shared/names.ts';
import type { Pipeline } from '../../shared/pipeline.ts';
import type { Batch, LastStage, RunRequest } from '../../shared/run.ts';
import { stageKeys } from '../../shared/stage-keys.ts';
import { claimWaiting } from './claim-waiting.ts';
import { codeImages } from './code-image.ts';
import type { ClaimedBatch } from './collect.ts';
import { locate, readJson, type ActivityContext, type PinnedRun } from './context.ts';
import { askedFor, doneBefore, type Missing, type Reuse } from './reuse.ts';

export type Pinning =
  | {
      ok: true;
      files: number;
      codeDigest: string;
      rolloutTimeoutMs: number;
      /** What other runs have done already. */
      reuse?: Reuse;
      toStage?: LastStage;
      /** Names of the metrics that the model is judged by, the first one first. */
      judgedBy?: string[];
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
  const batch = await readJson<Batch | ClaimedBatch>(clients, paths.batch);
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
  const images = await codeImages(clients.registry, name, layer);
  if ('reason' in images) return { ok: false, ...images };
  const previous = last?.path;
  const keys = stageKeys({
    batch,
    images,
    pipeline,
    ...(await comparedRows(clients, pipeline, previous)),
    ...(weights && { initialWeights: { path: weights.path, eTag: weights.eTag } }),
  });
  const reuse = await reusable(clients, request, { pipeline, images, keys, ...(champion && { champion }) });
  if ('missing' in reuse) return nothingToTakeOver(reuse);
  const pinned: PinnedRun = {
    runId,
    pipeline,
    batch,
    codeDigest: layer.digest,
    keys,
    reuse,
    ...(request.toStage && { toStage: request.toStage }),
    ...(champion && { champion }),
    ...(previous && { previous }),
    ...(weights && { initialWeights: { path: weights.path, ...(weights.version && { version: weights.version }) } }),
    images,
  };
  await clients.arrivals.trace(name, batch.files, batch.batchId);
  // A run that ends early is a trial: what waits still waits for a run that brings it to its users.
  if (!('claimed' in batch) && !request.toStage) await claimWaiting(clients, batch);
  await clients.lake.write(paths.pinned, JSON.stringify(pinned, null, 1), { ifAbsent: true });
  return summary(pinned);
}

/** What the run takes over: what somebody asked for, else what was done before, unless nothing is to be. */
async function reusable(
  clients: Clients,
  { rerun, noCache = false }: RunRequest,
  run: Parameters<typeof doneBefore>[1],
): Promise<Reuse | Missing> {
  if (rerun && rerun.fromStage !== 'process') return askedFor(clients, rerun);
  return noCache || rerun ? {} : doneBefore(clients, run);
}

/** Rows of the last batch where a data check compares with them: with others it may come to another word. */
async function comparedRows(
  clients: Clients,
  { process }: Pipeline,
  previous: string | undefined,
): Promise<{ rowsBefore?: number }> {
  const isCompared = process.checks.some((check) => 'rows' in check && check.rows.changeAtMost !== undefined);
  if (!isCompared || previous === undefined) return {};
  const profile = await readJson<{ rows?: number }>(clients, `${previous}/profile.json`);
  return profile?.rows === undefined ? {} : { rowsBefore: profile.rows };
}

function nothingToTakeOver({ missing, because }: Missing): Pinning {
  const hint = `Rerun it from an earlier stage, such as ${missing}.`;
  return { ok: false, reason: 'NothingToTakeOver', message: because, hint };
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
    judgedBy: Object.keys(pipeline.validate.metrics),
    review: { deadlineMs: deadline, reminderMs: reminder, onDeadline },
  };
}
