import { randomUUID } from 'node:crypto';
import { batchId, parseRunId, runIdOf } from '../../shared/names.ts';
import type { Pipeline } from '../../shared/pipeline.ts';
import type { Batch } from '../../shared/run.ts';
import { latestTick } from '../../shared/schedule.ts';
import { coveredAt, scheduledFolders } from '../../shared/scheduled-folders.ts';
import { activeRun } from './collect.ts';
import type { ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';
import { filesBelow } from './files-below.ts';
import { startRunOver } from './start-run-over.ts';

const LISTED_AT_ONCE = 16;

/** What became of a schedule that was due; `leftFrom` is the first of the folders that were too many for one run. */
export type Scheduled = { pipeline: string; leftFrom?: string } & ({ runId: string } | { nothing: string });

type ScheduledPipeline = Pipeline & { schedule: NonNullable<Pipeline['schedule']> };

/** A time at which a schedule is due, and how far folders were covered before. */
interface Due {
  runId: string;
  at: string;
  covered: string;
}

/**
 * Starts the runs of schedules that are due. A schedule that is seen for the first time begins now; times that were
 * missed are made good by one run over all their folders; a pipeline with an active run waits for its end.
 */
export async function runSchedules(context: ActivityContext, durable: DurablePort, now: Date): Promise<Scheduled[]> {
  const done: Scheduled[] = [];
  for (const pipeline of context.pipelines().pipelines.values()) {
    const { enabled, schedule } = pipeline;
    if (!enabled || !schedule) continue;
    const scheduled = await runSchedule(context, durable, { ...pipeline, schedule }, now);
    if (scheduled) done.push(scheduled);
  }
  return done;
}

async function runSchedule(
  context: ActivityContext,
  durable: DurablePort,
  pipeline: ScheduledPipeline,
  now: Date,
): Promise<Scheduled | undefined> {
  const { schedules, runs } = context.clients;
  const { name, schedule } = pipeline;
  const last = await schedules.last(name);
  if (!last) return void (await schedules.keep(name, { at: now.toISOString() }));
  const { at, runId: lastRunId, covered: before } = last;
  // Its row was written and its start was lost.
  if (lastRunId && !(await runs.get(lastRunId))) {
    const covered = before ?? coveredAt(prefixOf(pipeline), schedule, new Date(Date.parse(at) - 1));
    return start(context, durable, pipeline, { runId: lastRunId, at, covered }, now);
  }
  const due = latestTick(schedule, new Date(at), now);
  if (!due || (await activeRun(context, name))) return undefined;
  // Where nothing was found the folders are not covered: what comes late is found the next time.
  const covered = (!lastRunId && before) || coveredAt(prefixOf(pipeline), schedule, new Date(at));
  const next = { runId: runIdOf(name, batchId(now, randomUUID())), at: due.toISOString(), covered };
  await schedules.keep(name, next);
  return start(context, durable, pipeline, next, now);
}

async function start(
  context: ActivityContext,
  durable: DurablePort,
  pipeline: ScheduledPipeline,
  { runId, at, covered }: Due,
  now: Date,
): Promise<Scheduled> {
  const { name, schedule } = pipeline;
  const { folders, from, leftFrom } = scheduledFolders(prefixOf(pipeline), schedule, new Date(at), covered);
  const done = { pipeline: name, ...(leftFrom !== undefined && { leftFrom }) };
  const files = await filesOf(context, folders);
  if (files.length === 0) {
    await context.clients.schedules.keep(name, { at, covered: from });
    return { ...done, nothing: spanOf(folders) };
  }
  const batch = parseRunId(runId)?.batchId ?? '';
  await startRunOver(context, durable, { pipeline: name, batchId: batch, files, request: {}, at: now });
  return { ...done, runId };
}

function prefixOf({ schedule, landing }: ScheduledPipeline): string {
  return `landing/${schedule.prefix ?? landing.prefix}`;
}

/** Files of all folders, in their order. */
async function filesOf({ clients: { lake } }: ActivityContext, folders: string[]): Promise<Batch['files']> {
  const found: Batch['files'] = [];
  for (let start = 0; start < folders.length; start += LISTED_AT_ONCE) {
    const some = folders.slice(start, start + LISTED_AT_ONCE);
    found.push(...(await Promise.all(some.map((folder) => filesBelow(lake, folder)))).flat());
  }
  return found;
}

function spanOf(folders: string[]): string {
  const [first = '', last = ''] = [folders[0], folders.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}
