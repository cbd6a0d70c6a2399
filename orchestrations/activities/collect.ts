import type { BatchLimits, LandingSurvey } from '../../shared/batch.ts';
import { ORCHESTRATIONS, runIdOf, runPaths } from '../../shared/names.ts';
import type { Batch, Run } from '../../shared/run.ts';
import type { ActivityContext } from './context.ts';
import { readJson } from './context.ts';
import type { DurablePort } from './durable-port.ts';

export type Survey = { ready: false; because: string } | { ready: true; survey: LandingSurvey; limits: BatchLimits };

/** Looks at what waits in a pipeline's landing zone, and whether a batch may close at all. */
export async function surveyLanding(
  context: ActivityContext,
  { pipeline: name }: { pipeline: string },
): Promise<Survey> {
  const pipeline = context.pipelines().pipelines.get(name);
  if (!pipeline?.enabled) return { ready: false, because: `pipeline ${name} is not there, broken or disabled` };
  const active = await activeRun(context, name);
  if (active) return { ready: false, because: `${active.runId} is active` };
  const { quietPeriod, maxWait, maxFiles } = pipeline.landing;
  const waiting = await context.clients.arrivals.waiting(name, maxFiles);
  if (waiting.length === 0) return { ready: false, because: 'nothing waits' };
  const times = waiting.map(({ at }) => at).sort();
  const [oldestAt, newestAt] = [times[0], times.at(-1)];
  return {
    ready: true,
    limits: { quietMs: quietPeriod, maxWaitMs: maxWait, maxFiles },
    survey: {
      waiting: waiting.length,
      marked: waiting.some(({ marker }) => marker),
      ...(oldestAt !== undefined && { oldestAt }),
      ...(newestAt !== undefined && { newestAt }),
    },
  };
}

/** The run that has its pipeline's place, if any: one that is not over and does not wait for a review. */
export async function activeRun(context: Pick<ActivityContext, 'clients'>, pipeline: string): Promise<Run | undefined> {
  return (await activeRuns(context, pipeline))[0];
}

/** The runs of a pipeline that are not over and do not wait for a review. */
export async function activeRuns({ clients }: Pick<ActivityContext, 'clients'>, pipeline: string): Promise<Run[]> {
  const open = await clients.runs.open(pipeline);
  const reviews = await Promise.all(open.map(({ runId }) => clients.reviews.get(runId)));
  const active = open.filter((_, index) => reviews[index]?.status !== 'Waiting');
  const isRunning = ({ status }: Run) => status === 'Running';
  return [...active.filter(isRunning), ...active.filter((run) => !isRunning(run))];
}

/**
 * Closes a batch over what waits: the manifest is written once, under the id that the caller chose, and then its rows
 * are claimed. Repeated after a crash it finds the manifest and claims the rest.
 */
export async function closeBatch(
  context: ActivityContext,
  { pipeline: name, batchId, closedAt }: { pipeline: string; batchId: string; closedAt: string },
): Promise<{ runId: string; files: number }> {
  const { lake, arrivals } = context.clients;
  const runId = runIdOf(name, batchId);
  const path = runPaths(name, batchId).batch;
  const written = await readJson<ClaimedBatch>(context.clients, path);
  const batch = written ?? (await gather(context, name, { pipeline: name, batchId, runId, createdAt: closedAt }));
  if (!written && !(await lake.write(path, JSON.stringify(batch, null, 1), { ifAbsent: true }))) {
    throw new Error(`${path} was written by somebody else at the same time`);
  }
  await arrivals.claim(name, batch.claimed, batchId);
  return { runId, files: batch.files.length };
}

/** The manifest also keeps what it claims: markers and replaced versions are claimed, yet no files of the batch. */
export interface ClaimedBatch extends Batch {
  claimed: { path: string; eTag: string }[];
}

async function gather(context: ActivityContext, name: string, batch: Omit<Batch, 'files'>): Promise<ClaimedBatch> {
  const limit = context.pipelines().pipelines.get(name)?.landing.maxFiles ?? 0;
  const waiting = await context.clients.arrivals.waiting(name, limit);
  const newest = new Map<string, (typeof waiting)[number]>();
  for (const arrival of [...waiting].sort((a, b) => a.at.localeCompare(b.at))) {
    if (!arrival.marker) newest.set(arrival.path, arrival);
  }
  const files = [...newest.values()].map(({ path, eTag, size }) => ({ path, eTag, size }));
  return {
    ...batch,
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    claimed: waiting.map(({ path, eTag }) => ({ path, eTag })),
  };
}

/** Adds the run's row and starts its orchestration. Both happen once, however often this is called. */
export async function startRun(
  { clients }: Pick<ActivityContext, 'clients'>,
  durable: DurablePort,
  {
    pipeline,
    runId,
    batchId,
    startedAt,
    wake,
  }: { pipeline: string; runId: string; batchId: string; startedAt: string; wake?: string },
): Promise<void> {
  await clients.runs.add({ runId, pipeline, batchId, status: 'Pending', stages: [], startedAt });
  const row = await clients.runs.get(runId);
  // A finished id would be overwritten by a second start, so only a run whose row still waits is started.
  if (row?.status !== 'Pending') return;
  await durable.start(ORCHESTRATIONS.pipelineRun, runId, { pipeline, runId, batchId, ...(wake && { wake }) });
}
