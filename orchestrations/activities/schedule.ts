import { randomUUID } from 'node:crypto';
import { folderAt } from '../../shared/intervals.ts';
import { batchId, parseRunId, runIdOf } from '../../shared/names.ts';
import type { Pipeline } from '../../shared/pipeline.ts';
import { latestTick, tickBefore } from '../../shared/schedule.ts';
import { activeRun } from './collect.ts';
import type { ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';
import { filesBelow } from './files-below.ts';
import { startRunOver } from './start-run-over.ts';

/** What became of a schedule that was due. */
export type Scheduled = { pipeline: string } & ({ runId: string } | { nothing: string });

type ScheduledPipeline = Pipeline & { schedule: NonNullable<Pipeline['schedule']> };

/**
 * Starts the runs of schedules that are due. A schedule that is seen for the first time begins now; times that were
 * missed are made good once; a pipeline with an active run waits for its end.
 */
export async function runSchedules(context: ActivityContext, durable: DurablePort, now: Date): Promise<Scheduled[]> {
  const done: Scheduled[] = [];
  for (const pipeline of context.pipelines().pipelines.values()) {
    const { enabled, schedule } = pipeline;
    if (!enabled || !schedule) continue;
    const scheduled = await runSchedule(context, durable, { ...pipeline, schedule }, now);
    if (scheduled) done.push({ pipeline: pipeline.name, ...scheduled });
  }
  return done;
}

async function runSchedule(
  context: ActivityContext,
  durable: DurablePort,
  pipeline: ScheduledPipeline,
  now: Date,
): Promise<{ runId: string } | { nothing: string } | undefined> {
  const { schedules, runs } = context.clients;
  const { name, schedule } = pipeline;
  const last = await schedules.last(name);
  if (!last) return void (await schedules.keep(name, { at: now.toISOString() }));
  // Its row was written and its start was lost.
  if (last.runId && !(await runs.get(last.runId))) return start(context, durable, pipeline, last.runId, last.at, now);
  const due = latestTick(schedule, new Date(last.at), now);
  if (!due || (await activeRun(context, name))) return undefined;
  const runId = runIdOf(name, batchId(now, randomUUID()));
  await schedules.keep(name, { at: due.toISOString(), runId });
  return start(context, durable, pipeline, runId, due.toISOString(), now);
}

async function start(
  context: ActivityContext,
  durable: DurablePort,
  { name, schedule, landing }: ScheduledPipeline,
  runId: string,
  tick: string,
  now: Date,
): Promise<{ runId: string } | { nothing: string }> {
  const { lake, schedules } = context.clients;
  const folder = folderAt(`landing/${schedule.prefix ?? landing.prefix}`, tickBefore(schedule, new Date(tick)));
  const files = await filesBelow(lake, folder);
  if (files.length === 0) {
    await schedules.keep(name, { at: tick });
    return { nothing: folder };
  }
  const batch = parseRunId(runId)?.batchId ?? '';
  await startRunOver(context, durable, { pipeline: name, batchId: batch, files, request: {}, at: now });
  return { runId };
}
