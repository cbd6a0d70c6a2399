import type { Stage } from './status.ts';

/** The namespace of everything that Landfall makes on the clusters. */
export const NAMESPACE = 'landfall';

/** Labels by which what a run made is found again. */
export const LABELS = {
  run: 'landfall.dev/run',
  pipeline: 'landfall.dev/pipeline',
  stage: 'landfall.dev/stage',
  version: 'landfall.dev/version',
} as const;

/** Annotation that tells our own object from a stranger's of the same name. */
export const SPEC_HASH = 'landfall.dev/spec-hash';

/** Lake file systems (containers). */
export const FILE_SYSTEMS = ['landing', 'curated', 'models', 'runs', 'quarantine', 'deadletter'] as const;

/**
 * Longest pipeline name: `NAME-20261124-101502-3fa9c1-train-1-worker-0` must stay a DNS label of 63 characters.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export const PIPELINE_NAME_LIMIT = 20;

const RUN_ID = /^([a-z](?:[-a-z0-9]*[a-z0-9])?)-((\d{8})-(\d{6})-[0-9a-f]{6})$/;

/** Batch id from the time at which the batch was closed and a random or derived hex text. */
export function batchId(closedAt: Date, hex: string): string {
  const [day, time] = closedAt.toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
  return `${day}-${time}-${hex.replace(/[^0-9a-f]/g, '').slice(0, 6)}`;
}

/** When a batch was closed, to the second, as its id tells. */
export function closedAt(batch: string): Date {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(batch) ?? [];
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Run id of a batch: the name that everything the run makes derives from. */
export function runIdOf(pipeline: string, batch: string): string {
  return `${pipeline}-${batch}`;
}

/** Pipeline and batch of a run id, or undefined when it is none. */
export function parseRunId(runId: string): { pipeline: string; batchId: string } | undefined {
  const match = RUN_ID.exec(runId);
  return match?.[1] && match[2] ? { pipeline: match[1], batchId: match[2] } : undefined;
}

/**
 * Table row key of a batch id: its time with every digit complemented, so that newest rows list first.
 * Tables sort by row key and cannot sort otherwise.
 */
export function newestFirstKey(batch: string): string {
  return batch.replace(/^(\d{8})-(\d{6})/, (time) => time.replace(/\d/g, (digit) => String(9 - Number(digit))));
}

/** Kubernetes name of a job: one attempt of one stage of one run. */
export function jobName(runId: string, stage: Stage, attempt: number): string {
  return `${runId}-${stage}-${attempt}`;
}

/** Durable instance id of a run's wait for a stage's job. */
export function awaitId(runId: string, stage: Stage, attempt: number): string {
  return `${runId}:${stage}:${attempt}`;
}

/** Durable instance id of a pipeline's collector. */
export function collectorId(pipeline: string): string {
  return `collector:${pipeline}`;
}

/** Durable instance id of the collection of one source. */
export function collectionId(pipeline: string, source: string): string {
  return `collection:${pipeline}:${source}`;
}

/** Lake path of what a source's script remembers from one collection to the next. */
export function sourceStatePath(pipeline: string, source: string): string {
  return `runs/${pipeline}/_sources/${source}/state.json`;
}

/** Lake path of the marks of what was taken of a container. */
export function takenPath(pipeline: string, source: string): string {
  return `runs/${pipeline}/_sources/${source}/taken.json`;
}

/** Lake folder of a model version. */
export function modelPath(pipeline: string, version: string): string {
  return `models/${pipeline}/${version}`;
}

/** The version whose folder a lake path of the models file system lies in, or undefined. */
export function versionOfPath(pipeline: string, path: string): string | undefined {
  const [fileSystem, owner, version] = path.split('/');
  return fileSystem === 'models' && owner === pipeline ? version : undefined;
}

/** Durable instance id of a review. */
export function reviewId(runId: string): string {
  return `${runId}:review`;
}

/** Durable instance id of a backfill. */
export function backfillInstance(backfillId: string): string {
  return `backfill:${backfillId}`;
}

/** Durable instance id of a promotion by hand, which is also what holds the claim on the aliases. */
export function promotionId(runId: string): string {
  return `${runId}:promote`;
}

/** Lake paths (`FILESYSTEM/path`) of a run, all derived from its id. */
export function runPaths(pipeline: string, batch: string) {
  const run = `runs/${pipeline}/${runIdOf(pipeline, batch)}`;
  return {
    batch: `${run}/batch.json`,
    collection: `${run}/collection.json`,
    request: `${run}/request.json`,
    pinned: `${run}/pinned.json`,
    profile: `${run}/profile.json`,
    checks: `${run}/checks.json`,
    drift: `${run}/drift.json`,
    curated: `curated/${pipeline}/batch=${batch}`,
    quarantine: `quarantine/${pipeline}/batch=${batch}`,
    model: modelPath(pipeline, batch),
    stage: (stage: Stage) => `${run}/${stage}`,
    result: (stage: Stage, attempt: number) => `${run}/${stage}/${attempt}/result.json`,
    progress: (stage: Stage, attempt: number) => `${run}/${stage}/${attempt}/progress.json`,
    log: (stage: Stage, attempt: number) => `${run}/${stage}/${attempt}/log.txt`,
  };
}

/** Run, stage and attempt of a `runs/PIPELINE/RUN/STAGE/ATTEMPT/result.json` path, or undefined. */
export function parseResultPath(path: string): { runId: string; stage: Stage; attempt: number } | undefined {
  const match = /^runs\/[^/]+\/([^/]+)\/([a-z]+)\/(\d+)\/result\.json$/.exec(path);
  if (!match?.[1] || !match[2] || !match[3] || !parseRunId(match[1])) return undefined;
  return { runId: match[1], stage: match[2] as Stage, attempt: Number(match[3]) };
}

/** Names of the orchestrations, as they are registered. */
export const ORCHESTRATIONS = {
  collector: 'collector',
  pipelineRun: 'pipelineRun',
  awaitJob: 'awaitJob',
  collection: 'collection',
  review: 'review',
  rollout: 'rollout',
  backfill: 'backfill',
} as const;

/** Name of the external event that means "look now": the cluster and the files are the truth. */
export const LOOK_NOW = 'jobFinished';

/** Name of the external event that tells a backfill that a run is over or that a person wants something. */
export const BACKFILL_CHANGED = 'backfillChanged';

/** Name of the external event that a review's decision raises: "look now" too, the decision is in the table. */
export const REVIEW_DECIDED = 'reviewDecided';
