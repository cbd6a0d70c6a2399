import { KINDS, type Kind } from '../../shared/manifests/kinds.ts';
import { BACKFILL_CHANGED, collectorId, LABELS, ORCHESTRATIONS } from '../../shared/names.ts';
import type { Run, RunOutcome, RunProgress } from '../../shared/run.ts';
import { runSubject } from '../../shared/lifecycle-events.ts';
import type { Models } from '../../shared/clients/models.ts';
import { isFinal } from '../../shared/status.ts';
import { locate, type ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';
import { rollBack } from './rollout.ts';

const JOB_KINDS: Kind[] = ['SparkApplication', 'PyTorchJob'];

/** Marks a run as running and tells the world. */
export async function openRun(
  { clients }: ActivityContext,
  { runId, at }: { runId: string; at: string },
): Promise<{ cancelled: boolean }> {
  const { pipeline, batchId } = locate(runId);
  await clients.runs.move(runId, (row) =>
    row?.status === 'Pending' ? { ...row, status: 'Running', startedAt: at } : undefined,
  );
  await clients.events.publish({
    name: 'RunStarted',
    key: runId,
    subject: runSubject(pipeline, runId),
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
  await rollBack(context, { runId, holder: runId, byHand: false });
  return { removed };
}

export interface Closing {
  runId: string;
  at: string;
  outcome: RunOutcome;
  progress: RunProgress;
  /** Orchestration that waits for the end. */
  wake?: string;
}

/** Writes how a run ended, tells the world, and wakes the collector, which had to wait for this run. */
export async function closeRun(context: ActivityContext, durable: DurablePort, closing: Closing): Promise<void> {
  const { clients } = context;
  const { runId, outcome, progress, at, wake } = closing;
  const { pipeline, batchId } = locate(runId);
  await clients.runs.move(runId, (row) =>
    row && isFinal(row.status) ? undefined : finalRow(row, closing, pipeline, batchId),
  );
  const { modelVersion } = progress;
  if (modelVersion !== undefined) await closeVersion(clients.models, pipeline, modelVersion, outcome.status);
  await clients.events.publish({
    name: `Run${outcome.status}`,
    key: runId,
    subject: runSubject(pipeline, runId),
    data: { runId, pipeline, batchId, ...outcome, ...(modelVersion && { modelVersion }), finishedAt: at },
  });
  if (wake) await durable.raise(wake, BACKFILL_CHANGED, {});
  const waiting = await clients.arrivals.waiting(pipeline, 1);
  if (waiting.length > 0) await durable.start(ORCHESTRATIONS.collector, collectorId(pipeline), { pipeline });
}

/** A version whose run did not bring it to its users says so, and is no challenger any more. */
async function closeVersion(
  models: Models,
  pipeline: string,
  version: string,
  status: RunOutcome['status'],
): Promise<void> {
  if (status === 'Succeeded') return;
  await models.note(pipeline, version, { status });
  await models.move(pipeline, ({ challenger, ...rest }) => (challenger === version ? rest : undefined));
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
