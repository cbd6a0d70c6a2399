import type { OrchestrationContext } from 'durable-functions';
import { formatDuration } from '../shared/duration.ts';
import type { AwaitedJob } from './activities/job-manifest.ts';
import type { JobSighting } from './activities/job.ts';
import { LOOK_NOW } from '../shared/names.ts';
import { calls, type Steps } from './calls.ts';

export interface AwaitJobInput extends AwaitedJob {
  waitForResourcesMs: number;
  timeoutMs: number;
  /** ISO times, kept over the generations. */
  submittedAt?: string;
  runningSince?: string;
  /** Looks since the job runs, or since it waits. */
  looks?: number;
}

export type JobOutcome = Extract<JobSighting, { phase: 'Succeeded' | 'Failed' | 'Cancelled' }>;

const LOOKS_PER_GENERATION = 10;
const QUICKEST_MS = 2_000;
const SLOWEST_WAITING_MS = 5 * 60_000;
const FIRST_RUNNING_MS = 60_000;
/** The event comes as soon as the job ends; looks only catch jobs that could write no result. */
const SLOWEST_RUNNING_MS = 40 * 60_000;

/**
 * Waits until a job is over. The event `jobFinished` means only "look now"; looks in between catch what raises none:
 * quick while the job waits for resources, slow once it runs.
 */
export function* awaitJob(ctx: OrchestrationContext): Steps<JobOutcome> {
  const input = ctx.df.getInput<AwaitJobInput>();
  const act = calls(ctx);
  const { runId, stage, attempt } = input;
  const submittedAt = input.submittedAt ?? ctx.df.currentUtcDateTime.toISOString();
  let { runningSince, looks = 0 } = input;

  // Each generation begins with a look: events that came around a continue-as-new are lost.
  for (let turn = 0; turn < LOOKS_PER_GENERATION; turn++) {
    const seen = yield* act.observeJob({ runId, stage, attempt });
    if (isOver(seen)) return seen;

    const now = ctx.df.currentUtcDateTime;
    if (seen.phase === 'Running' && runningSince === undefined) [runningSince, looks] = [now.toISOString(), 0];
    const deadline = deadlineOf(input, submittedAt, runningSince);
    if (now.getTime() >= deadline.getTime()) return overdue(input, runningSince !== undefined, seen);

    ctx.df.setCustomStatus({ waitingFor: seen.detail });
    const next = new Date(now.getTime() + interval(runningSince !== undefined, looks++));
    const timer = ctx.df.createTimer(next < deadline ? next : deadline);
    const winner = yield ctx.df.Task.any([ctx.df.waitForExternalEvent(LOOK_NOW), timer]);
    if (winner !== timer) timer.cancel();
  }
  ctx.df.continueAsNew({ ...input, submittedAt, looks, ...(runningSince !== undefined && { runningSince }) });
  return { phase: 'Cancelled' };
}

function isOver(seen: JobSighting): seen is JobOutcome {
  return seen.phase !== 'Waiting' && seen.phase !== 'Running';
}

/** Time until the next look, in milliseconds. */
export function interval(running: boolean, looks: number): number {
  return running
    ? Math.min(FIRST_RUNNING_MS * 3 ** looks, SLOWEST_RUNNING_MS)
    : Math.min(QUICKEST_MS * 2 ** looks, SLOWEST_WAITING_MS);
}

function deadlineOf(input: AwaitJobInput, submittedAt: string, runningSince: string | undefined): Date {
  return runningSince === undefined
    ? new Date(Date.parse(submittedAt) + input.waitForResourcesMs)
    : new Date(Date.parse(runningSince) + input.timeoutMs);
}

function overdue(
  { stage, timeoutMs, waitForResourcesMs }: AwaitJobInput,
  running: boolean,
  { detail, hint }: { detail: string; hint?: string },
): JobOutcome {
  return running
    ? {
        phase: 'Failed',
        reason: 'DeadlineExceeded',
        message: `The job still ran after ${formatDuration(timeoutMs)}.`,
        hint: `Raise ${settingOf(stage, 'timeout')} in pipeline.yaml, or make the job quicker.`,
        lost: false,
      }
    : {
        phase: 'Failed',
        reason: 'NoResources',
        message: `The job did not start within ${formatDuration(waitForResourcesMs)}: it waited for ${detail}.`,
        hint:
          hint ?? `Check the cluster's capacity, or raise ${settingOf(stage, 'waitForResources')} in pipeline.yaml.`,
        lost: false,
      };
}

/** How pipeline.yaml names a limit of a job. */
function settingOf(stage: AwaitJobInput['stage'], limit: string): string {
  return stage === 'collect' ? `${limit} of the source` : `${stage}.${limit}`;
}
