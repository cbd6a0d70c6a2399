import { KINDS, type Kind } from '../../shared/manifests/kinds.ts';
import { collectorId, LABELS } from '../../shared/names.ts';
import type { Run, RunOutcome, RunProgress } from '../../shared/run.ts';
import { isFinal } from '../../shared/status.ts';
import { locate, type ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';
import { ORCHESTRATIONS } from '../../shared/names.ts';
import { rollBack } from './rollout.ts';

const JOB_KINDS: Kind[] = ['SparkApplication', 'PyTorchJob'];

/** Marks a run as running and tells the world. */
export async function openRun(
  { clients }: ActivityContext,
  { runId, at }: { runId: string; at: string },
): Promise<{ cancelled: boolean }> {
  const { pipeline, batchId } = locate(runId);
  const row = await clients.runs.get(runId);
  if (row?.status === 'Pending') await clients.runs.save({ ...row, status: 'Running', startedAt: at });
  await clients.events.publish({
    id: `${runId}:RunStarted`,
    type: 'Landfall.RunStarted',
    subject: `pipelines/${pipeline}/runs/${runId}`,
    data: { runId, pipeline, batchId, startedAt: at },
  });
  return { cancelled: await clients.runs.cancelRequested(runId) };
}

/** Deletes everything that a run made on the clusters and undoes a rollout that it had begun. */
export async function cleanUp(context: ActivityContext, { runId }: { runId: string }): Promise<{ removed: string[] }> {
  const removed: string[] = [];
  for (const kind of JOB_KINDS) {
    const cluster = context.clients.cluster(KINDS[kind].cluster);
    for (const name of await cluster.names(kind, `${LABELS.run}=${runId}`)) {
      await cluster.remove(kind, name);
      removed.push(`${kind} ${name}`);
    }
  }
  await rollBack(context, { runId });
  return { removed };
}

export interface Closing {
  runId: string;
  at: string;
  outcome: RunOutcome;
  progress: RunProgress;
}

/** Writes how a run ended, tells the world, and wakes the collector, which had to wait for this run. */
export async function closeRun(context: ActivityContext, durable: DurablePort, closing: Closing): Promise<void> {
  const { clients } = context;
  const { runId, outcome, progress, at } = closing;
  const { pipeline, batchId } = locate(runId);
  const row = await clients.runs.get(runId);
  if (!row || !isFinal(row.status)) {
    await clients.runs.save(finalRow(row, closing, pipeline, batchId));
  }
  await clients.events.publish({
    id: `${runId}:RunClosed`,
    type: `Landfall.Run${outcome.status}`,
    subject: `pipelines/${pipeline}/runs/${runId}`,
    data: {
      runId,
      pipeline,
      batchId,
      ...outcome,
      ...(progress.modelVersion && { modelVersion: progress.modelVersion }),
      finishedAt: at,
    },
  });
  const waiting = await clients.arrivals.waiting(pipeline, 1);
  if (waiting.length > 0) await durable.start(ORCHESTRATIONS.collector, collectorId(pipeline), { pipeline });
}

function finalRow(
  row: Run | undefined,
  { runId, at, outcome, progress }: Closing,
  pipeline: string,
  batchId: string,
): Run {
  return {
    runId,
    pipeline,
    batchId,
    startedAt: row?.startedAt ?? at,
    finishedAt: at,
    ...progress,
    status: outcome.status,
    ...(outcome.error && { error: outcome.error }),
  };
}
