import {
  backfillInstance,
  collectorId,
  ORCHESTRATIONS,
  parseRunId,
  REVIEW_DECIDED,
  reviewId,
} from '../../shared/names.ts';
import type { Run, RunProgress } from '../../shared/run.ts';
import { cleanUp, closeRun } from './close.ts';
import { activeRun, startRun } from './collect.ts';
import type { ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';
import { rollBack } from './rollout.ts';

/** What a sweep set right, for the log. */
export interface Reconciliation {
  collectors: string[];
  started: string[];
  closed: string[];
  /** Runs whose review was decided and that had not heard of it. */
  woken: string[];
  /** Rollouts that ended without giving their claim back. */
  released: string[];
  /** Lifecycle events that the topic had not taken before. */
  published: number;
}

/**
 * Sets right what a crash may have left: runs whose row was added and whose orchestration was not started, runs whose
 * orchestration ended without closing them, arrivals for which no collector runs. Correctness rests on this alone.
 */
export async function reconcile(context: ActivityContext, durable: DurablePort, now: Date): Promise<Reconciliation> {
  const done: Reconciliation = { collectors: [], started: [], closed: [], woken: [], released: [], published: 0 };
  for (const pipeline of context.pipelines().pipelines.keys()) {
    for (const run of await context.clients.runs.open(pipeline)) await setRight(context, durable, run, now, done);
    await releaseClaim(context, durable, pipeline, done);
    await resumeBackfills(context, durable, pipeline, done);
    if (await activeRun(context, pipeline)) continue;
    if ((await context.clients.arrivals.waiting(pipeline, 1)).length === 0) continue;
    if (await durable.start(ORCHESTRATIONS.collector, collectorId(pipeline), { pipeline }))
      done.collectors.push(pipeline);
  }
  // Last, since it throws while the topic takes nothing.
  done.published = await context.clients.events.flush();
  return done;
}

/** Undoes a rollout whose holder is over: until then no other could begin. */
async function releaseClaim(
  context: ActivityContext,
  durable: DurablePort,
  pipeline: string,
  done: Reconciliation,
): Promise<void> {
  const { rollout: holder } = await context.clients.models.aliases(pipeline);
  if (holder === undefined) return;
  const instance = await durable.status(holder);
  if (instance && !instance.over) return;
  const [runId = holder] = holder.split(':');
  await rollBack(context, { runId, holder, byHand: holder !== runId });
  done.released.push(holder);
}

/** Starts the orchestrations of backfills that are not over and have none. */
async function resumeBackfills(
  { clients }: ActivityContext,
  durable: DurablePort,
  pipeline: string,
  done: Reconciliation,
): Promise<void> {
  for (const { backfillId } of await clients.backfills.list(pipeline, { open: true })) {
    if (await durable.start(ORCHESTRATIONS.backfill, backfillInstance(backfillId), { backfillId }))
      done.started.push(backfillId);
  }
}

async function setRight(
  context: ActivityContext,
  durable: DurablePort,
  run: Run,
  now: Date,
  done: Reconciliation,
): Promise<void> {
  const batchId = parseRunId(run.runId)?.batchId ?? run.batchId;
  const instance = await durable.status(run.runId);
  if (!instance && run.status === 'Pending') {
    await startRun(context, durable, { ...run, batchId });
    done.started.push(run.runId);
  } else if (!instance || instance.over) {
    // Read again: the orchestration may have closed its run between the listing and the question.
    const row = await context.clients.runs.get(run.runId);
    if (row?.status !== run.status) return;
    await cleanUp(context, { runId: run.runId });
    const stage = run.stage ?? 'collect';
    const message = instance?.failed ?? 'The orchestration is gone: it was purged or its task hub was replaced.';
    const hint = 'Drop the files again, or start a run over them.';
    const error = { stage, reason: 'OrchestrationEnded', message, hint };
    const progress = { stage, stages: run.stages };
    await closeRun(context, durable, {
      runId: run.runId,
      at: now.toISOString(),
      outcome: { status: 'Failed', error },
      progress,
    });
    done.closed.push(run.runId);
  } else if ((instance.customStatus as RunProgress | null | undefined)?.child === reviewId(run.runId)) {
    const review = await context.clients.reviews.get(run.runId);
    if (!review || review.status === 'Waiting') return;
    await durable.raise(reviewId(run.runId), REVIEW_DECIDED, {});
    done.woken.push(run.runId);
  }
}
