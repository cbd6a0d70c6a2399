import { randomUUID } from 'node:crypto';
import {
  backfillStatus,
  isOver,
  type Backfill,
  type BackfillPlan,
  type Partition,
  type Wish,
} from '../../shared/backfill.ts';
import type { LakeFile } from '../../shared/clients/lake.ts';
import { foldersOf, grain, intervals } from '../../shared/intervals.ts';
import { backfillInstance, batchId, closedAt, parseRunId, runIdOf } from '../../shared/names.ts';
import { isFinal } from '../../shared/status.ts';
import { cancel } from './cancel.ts';
import { activeRuns } from './collect.ts';
import type { ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';
import { isData } from './files-below.ts';
import { startRunOver } from './start-run-over.ts';

/** Most partitions of a backfill. */
export const PARTITION_LIMIT = 1_000;

/** The partitions of a plan that have files, as they are now. */
export async function partitionsOf(
  context: Pick<ActivityContext, 'clients'>,
  plan: BackfillPlan,
): Promise<Partition[]> {
  const filesIn = fileFinder(context, plan);
  const found: Partition[] = [];
  for (const interval of intervals(plan, plan.partition, PARTITION_LIMIT)) {
    const files = await filesIn(interval);
    if (files.length === 0) continue;
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    found.push({ ...interval, files: files.length, bytes, status: 'Pending' });
  }
  return found;
}

/** Finds the files of an interval: by folders where the prefix tells dates apart, else by when they were written. */
function fileFinder({ clients: { lake } }: Pick<ActivityContext, 'clients'>, { prefix }: BackfillPlan) {
  let all: Promise<LakeFile[]> | undefined;
  return async (interval: { from: string; to: string }): Promise<LakeFile[]> => {
    if (grain(prefix)) {
      const listed = await Promise.all(foldersOf(prefix, interval).map((folder) => lake.list(folder)));
      return listed.flat().filter(isData);
    }
    all ??= lake.list(prefix);
    return (await all).filter(
      (file) => isData(file) && file.modifiedAt >= interval.from && file.modifiedAt < interval.to,
    );
  };
}

/** Looks how a backfill's runs stand, starts those whose turn it is, and says whether it is over. */
export async function advanceBackfill(
  context: ActivityContext,
  durable: DurablePort,
  { backfillId, at }: { backfillId: string; at: string },
): Promise<{ over: boolean; detail: string }> {
  const { backfills } = context.clients;
  const known = await backfills.get(backfillId);
  if (!known) return { over: true, detail: `${backfillId} is gone` };
  const wish = await backfills.wish(backfillId);
  const partitions = await asTheyStand(context, known.partitions);
  if (wish === 'cancel') await cancelAll(context, durable, partitions);
  const backfill = { ...known, partitions };
  if (wish === 'go on') await startMore(context, durable, backfill, new Date(at));
  const status = backfillStatus(partitions, wish);
  const over = isOver({ status });
  await backfills.save({ ...backfill, status, ...(over && { finishedAt: at }) });
  return { over, detail: tally(partitions, wish) };
}

async function asTheyStand({ clients }: ActivityContext, partitions: Partition[]): Promise<Partition[]> {
  return Promise.all(
    partitions.map(async (partition) => {
      if (partition.runId === undefined || isFinal(partition.status)) return partition;
      const run = await clients.runs.get(partition.runId);
      // A run that was chosen and whose start was lost is started again.
      if (!run) return { ...partition, status: 'Pending' as const };
      return { ...partition, status: run.status === 'Pending' ? ('Running' as const) : run.status };
    }),
  );
}

async function cancelAll(context: ActivityContext, durable: DurablePort, partitions: Partition[]): Promise<void> {
  for (const partition of partitions) {
    if (partition.status === 'Running' && partition.runId) await cancel(context, durable, partition.runId);
    if (partition.status === 'Pending') partition.status = 'Cancelled';
  }
}

/**
 * Starts runs while there is room; each is written down before it starts. This backfill's own keep their place until they
 * are over, in review too: else one drifting run after another would ask, each overtaking the question before. The
 * pipeline's other active runs count as they are seen now: two backfills that look at once may both go ahead.
 */
async function startMore(context: ActivityContext, durable: DurablePort, backfill: Backfill, now: Date): Promise<void> {
  const { pipeline, partitions, parallel, noCache } = backfill;
  const filesIn = fileFinder(context, backfill);
  const own = new Set(partitions.map(({ runId }) => runId));
  const running = partitions.filter(({ status }) => status === 'Running').length;
  const others = (await activeRuns(context, pipeline)).filter(({ runId }) => !own.has(runId)).length;
  const starting = partitions
    .filter(({ status }) => status === 'Pending')
    .slice(0, Math.max(0, parallel - running - others));
  for (const partition of starting) {
    partition.runId ??= runIdOf(pipeline, batchId(later(partitions, now), randomUUID()));
    await context.clients.backfills.save(backfill);
    const files = (await filesIn(partition)).map(({ path, eTag, size }) => ({ path, eTag, size }));
    if (files.length === 0) {
      // Deleted since the backfill was planned: there is nothing left to run over.
      partition.status = 'Failed';
      continue;
    }
    await startRunOver(context, durable, {
      pipeline,
      batchId: parseRunId(partition.runId)?.batchId ?? '',
      files,
      request: noCache ? { noCache } : {},
      at: now,
      wake: backfillInstance(backfill.backfillId),
    });
    partition.status = 'Running';
  }
}

/** Ids tell the order of runs by their seconds, so that a later partition is never older than one before it. */
function later(partitions: Partition[], now: Date): Date {
  const times = partitions.flatMap(({ runId }) => {
    const batch = runId && parseRunId(runId)?.batchId;
    return batch ? [closedAt(batch).getTime() + 1_000] : [];
  });
  return new Date(Math.max(now.getTime(), ...times));
}

function tally(partitions: Partition[], wish: Wish): string {
  const count = (wanted: (status: Partition['status']) => boolean) =>
    partitions.filter(({ status }) => wanted(status)).length;
  const over = count((status) => isFinal(status));
  const running = count((status) => status === 'Running');
  return `${over} of ${partitions.length} partitions over, ${running} running${wish === 'pause' ? ', paused' : ''}`;
}
