import type { OrchestrationContext } from 'durable-functions';
import { awaitId } from '../shared/names.ts';
import type { RunError, RunOutcome } from '../shared/run.ts';
import { ORCHESTRATIONS } from '../shared/names.ts';
import type { JobStage } from './activities/job-manifest.ts';
import type { AwaitJobInput, JobOutcome } from './await-job.ts';
import { calls, type Calls, type Steps } from './calls.ts';
import { failureText } from './failure-text.ts';
import type { RolloutInput, RolloutOutcome } from './rollout.ts';
import { stageTracker, type StageTracker } from './stage-tracker.ts';

export interface PipelineRunInput {
  pipeline: string;
  runId: string;
  batchId: string;
}

type Finished = Extract<JobOutcome, { phase: 'Succeeded' }>;

/** Takes one batch from the landing zone to a serving model, and closes the run however it ends. */
export function* pipelineRun(ctx: OrchestrationContext): Steps<RunOutcome> {
  const { runId } = ctx.df.getInput<PipelineRunInput>();
  const act = calls(ctx);
  const track = stageTracker(ctx);

  const outcome = yield* guarded(track, () => stages(ctx, act, track, runId));
  if (outcome.status !== 'Succeeded') {
    track.end(outcome.status === 'Cancelled' ? 'Cancelled' : 'Failed', firstLine(outcome.error?.message));
    yield* act.cleanUp({ runId });
  }
  yield* act.closeRun({ runId, outcome, progress: track.progress, at: ctx.df.currentUtcDateTime.toISOString() });
  return outcome;
}

function* stages(ctx: OrchestrationContext, act: Calls, track: StageTracker, runId: string): Steps<RunOutcome> {
  track.begin('collect');
  const opened = yield* act.openRun({ runId, at: ctx.df.currentUtcDateTime.toISOString() });
  if (opened.cancelled) return { status: 'Cancelled' };
  const pinned = yield* act.pinRun({ runId });
  if (!pinned.ok) return failed(track, pinned);
  track.end(
    'Succeeded',
    `${pinned.files} file${pinned.files === 1 ? '' : 's'}, code ${pinned.codeDigest.slice(7, 19)}`,
  );

  const processed = yield* jobStage(ctx, act, track, runId, 'process');
  if (!isFinished(processed)) return processed;
  track.end('Succeeded', rows(processed.metrics));

  const trained = yield* jobStage(ctx, act, track, runId, 'train');
  if (!isFinished(trained)) return trained;
  track.note({ metrics: trained.metrics });
  track.end('Succeeded', accuracy(trained.metrics));

  track.begin('record');
  const at = ctx.df.currentUtcDateTime.toISOString();
  const { version } = yield* act.recordModel({ runId, metrics: trained.metrics, at });
  track.note({ modelVersion: version });
  track.end('Succeeded', `version ${version}`);

  track.begin('validate');
  const decision = yield* act.validateModel({ runId, metrics: trained.metrics });
  track.note({ gate: decision });
  if (decision.decision !== 'pass') {
    const message = `The model was rejected: ${decision.reasons.join('; ')}.`;
    const hint = 'Look at the data of the batch and at train.py, or change validate.metrics in pipeline.yaml.';
    return { status: 'Rejected', error: { stage: 'validate', reason: 'GateRejected', message, hint } };
  }
  track.end('Succeeded', decision.reasons.join('; '));

  track.begin('build');
  const built = yield* act.buildModelImage({ runId });
  if (!built.ok) return failed(track, built);
  track.end('Succeeded', built.image.slice(built.image.indexOf('@') + 1).slice(0, 19));

  return yield* rolloutStage(ctx, track, { runId, image: built.image, timeoutMs: pinned.rolloutTimeoutMs });
}

/** Submits a stage's job and waits for it; a job that was lost, not one that failed by its own word, is tried again. */
function* jobStage(
  ctx: OrchestrationContext,
  act: Calls,
  track: StageTracker,
  runId: string,
  stage: JobStage,
): Steps<Finished | RunOutcome> {
  track.begin(stage);
  for (let attempt = 1; ; attempt++) {
    const job = yield* act.submitJob({ runId, stage, attempt });
    if (job.cancelled) return { status: 'Cancelled' };
    const { waitForResourcesMs, timeoutMs } = job;
    const input: AwaitJobInput = { runId, stage, attempt, waitForResourcesMs, timeoutMs };
    const child = awaitId(runId, stage, attempt);
    track.waitsFor(child);
    const seen = (yield ctx.df.callSubOrchestrator(ORCHESTRATIONS.awaitJob, input, child)) as JobOutcome;
    if (seen.phase === 'Succeeded') return seen;
    if (seen.phase === 'Cancelled') return { status: 'Cancelled' };
    if (!seen.lost || attempt > job.retries) return failed(track, seen);
  }
}

function* rolloutStage(ctx: OrchestrationContext, track: StageTracker, input: RolloutInput): Steps<RunOutcome> {
  track.begin('rollout');
  const child = `${input.runId}:rollout`;
  track.waitsFor(child);
  const seen = (yield ctx.df.callSubOrchestrator(ORCHESTRATIONS.rollout, input, child)) as RolloutOutcome;
  switch (seen.result) {
    case 'Promoted':
      track.end('Succeeded', seen.detail);
      return { status: 'Succeeded' };
    case 'Superseded':
      return { status: 'Superseded', error: { stage: 'rollout', reason: 'Superseded', message: seen.message } };
    case 'Cancelled':
      return { status: 'Cancelled' };
    case 'Failed':
      return failed(track, seen);
  }
}

/** Turns a fault that outlived its retries into a failed run, so that cleaning and closing still happen. */
function* guarded(track: StageTracker, body: () => Steps<RunOutcome>): Steps<RunOutcome> {
  try {
    return yield* body();
  } catch (error) {
    const hint = 'The cause lasted over all retries. See the health endpoint and the logs of the function app.';
    return failed(track, { reason: 'ActivityFailed', message: failureText(error), hint });
  }
}

function failed(
  track: StageTracker,
  { reason, message, hint }: { reason: string; message: string; hint?: string },
): RunOutcome {
  const error: RunError = { stage: track.progress.stage, reason, message, ...(hint !== undefined && { hint }) };
  return { status: 'Failed', error };
}

/** The custom status may hold 16 kB. */
function firstLine(message: string | undefined): string | undefined {
  return message?.split('\n')[0]?.slice(0, 300);
}

function isFinished(outcome: Finished | RunOutcome): outcome is Finished {
  return 'phase' in outcome;
}

function rows({ rowsWritten, rowsQuarantined }: Record<string, number>): string {
  return `${rowsWritten ?? 0} rows${rowsQuarantined ? `, ${rowsQuarantined} quarantined` : ''}`;
}

function accuracy(metrics: Record<string, number>): string {
  return metrics.accuracy === undefined ? 'trained' : `held-out accuracy ${metrics.accuracy.toFixed(4)}`;
}
