import type { OrchestrationContext } from 'durable-functions';
import { metricsInWords } from '../shared/metrics.ts';
import { awaitId, ORCHESTRATIONS } from '../shared/names.ts';
import type { RunOutcome } from '../shared/run.ts';
import type { JobStage } from './activities/job-manifest.ts';
import type { Pinning } from './activities/pin.ts';
import type { TakenOver } from './activities/reuse.ts';
import type { AwaitJobInput, JobOutcome } from './await-job.ts';
import { calls, type Steps } from './calls.ts';
import { failureText } from './failure-text.ts';
import type { RolloutInput, RolloutOutcome } from './rollout.ts';
import { complete, ended, failed, type RunSteps } from './stages.ts';
import { stageTracker } from './stage-tracker.ts';
import { asleep, submitWhenAwake } from './submit-when-awake.ts';
import { validation, type Cleared, type Judgement } from './validation.ts';

export interface PipelineRunInput {
  pipeline: string;
  runId: string;
  batchId: string;
  /** Orchestration that is told when the run is over. */
  wake?: string;
}

/** What a stage that is a job came to, in this run or in another one. */
type Finished = Pick<Extract<JobOutcome, { phase: 'Succeeded' }>, 'outputs' | 'metrics' | 'logLost'>;

/** Takes one batch from the landing zone to a serving model, and closes the run however it ends. */
export function* pipelineRun(ctx: OrchestrationContext): Steps<RunOutcome> {
  const { runId, wake } = ctx.df.getInput<PipelineRunInput>();
  const steps: RunSteps = { ctx, act: calls(ctx), track: stageTracker(ctx), runId };
  const { act, track } = steps;

  const outcome = yield* guarded(steps);
  if (outcome.status !== 'Succeeded') {
    track.end(outcome.status === 'Cancelled' ? 'Cancelled' : 'Failed', firstLine(outcome.error?.message));
    yield* act.cleanUp({ runId });
  }
  const at = ctx.df.currentUtcDateTime.toISOString();
  yield* act.closeRun({ runId, outcome, progress: track.progress, at, ...(wake && { wake }) });
  return outcome;
}

function* stages(steps: RunSteps): Steps<RunOutcome> {
  const { ctx, act, track, runId } = steps;
  track.begin('collect');
  const opened = yield* act.openRun({ runId, at: ctx.df.currentUtcDateTime.toISOString() });
  if (opened.cancelled) return { status: 'Cancelled' };
  const pinned = yield* act.pinRun({ runId });
  if (!pinned.ok) return failed(track, pinned);
  yield* complete(
    steps,
    `${pinned.files} file${pinned.files === 1 ? '' : 's'}, code ${pinned.codeDigest.slice(7, 19)}`,
  );

  const { reuse = {}, toStage, judgedBy = [] } = pinned;
  const processed = yield* jobStage(steps, 'process', reuse.process);
  if (!isFinished(processed)) return processed;
  yield* complete(steps, told(rows(processed.metrics), processed));
  if (toStage === 'process') return stopped(steps);

  const trained = yield* jobStage(steps, 'train', reuse.train);
  if (!isFinished(trained)) return trained;
  const { metrics, outputs } = trained;
  track.note({ metrics, ...(reuse.serves && { modelVersion: reuse.serves }) });
  const serves = reuse.serves && `nothing is new: ${reuse.serves} serves already`;
  yield* complete(steps, serves ?? told(trainedWell(metrics, judgedBy), trained));
  if (toStage === 'train' || serves) return stopped(steps);

  track.begin('record');
  const { version } = yield* act.recordModel({ runId, metrics, at: ctx.df.currentUtcDateTime.toISOString() });
  track.note({ modelVersion: version });
  yield* complete(steps, `version ${version}`);
  if (toStage === 'record') return stopped(steps);

  const problem = outputs.baselineProblem;
  const judgement: Judgement = { metrics, review: pinned.review, ...(problem && { baselineProblem: problem }) };
  return yield* release(steps, judgement, pinned);
}

/** Validates, builds and rolls out; the model is judged again when another champion came in between. */
function* release(
  steps: RunSteps,
  judgement: Judgement,
  pinned: Pick<Extract<Pinning, { ok: true }>, 'rolloutTimeoutMs' | 'toStage'>,
  attempt = 1,
): Steps<RunOutcome> {
  const { act, track, runId } = steps;
  const { rolloutTimeoutMs: timeoutMs, toStage } = pinned;
  const cleared = yield* validation(steps, judgement);
  if (!isCleared(cleared)) return cleared;
  if (toStage === 'validate') return stopped(steps);

  track.begin('build');
  const built = yield* act.buildModelImage({ runId });
  if (!built.ok) return failed(track, built);
  yield* complete(steps, built.image.slice(built.image.indexOf('@') + 1).slice(0, 19));
  if (toStage === 'build') return stopped(steps);

  const rolled = yield* rolledOut(steps, cleared, { image: built.image, timeoutMs }, attempt);
  return rolled === 'judge again' ? yield* release(steps, judgement, pinned, attempt + 1) : rolled;
}

/** Ends a run well before its last stage: as somebody asked, or since nothing is left to do. */
function stopped({ track }: RunSteps): RunOutcome {
  track.stop();
  return { status: 'Succeeded' };
}

/** Submits a stage's job and waits for it; a job that was lost, not one that failed by its own word, is tried again. */
function* jobStage(
  { ctx, act, track, runId }: RunSteps,
  stage: JobStage,
  done: TakenOver | undefined,
): Steps<Finished | RunOutcome> {
  track.begin(stage);
  if (done) {
    track.takesOver(done.runId);
    yield* act.adoptStage({ runId, stage });
    return done;
  }
  for (let attempt = 1; ; attempt++) {
    const job = yield* submitWhenAwake(
      ctx,
      () => act.submitJob({ runId, stage, attempt }),
      (waking) => track.waitsUntil(waking),
    );
    if (job.cancelled) return { status: 'Cancelled' };
    if (job.waking !== undefined) return failed(track, asleep(job.waking, job.waitForResourcesMs, 'stage'));
    if (job.refused) return failed(track, job.refused);
    if (job.job) track.hasJob(job.job);
    const { waitForResourcesMs, timeoutMs } = job;
    const input: AwaitJobInput = { runId, stage, attempt, waitForResourcesMs, timeoutMs };
    const child = awaitId(runId, stage, attempt);
    track.waitsFor(child);
    const seen = (yield ctx.df.callSubOrchestrator(ORCHESTRATIONS.awaitJob, input, child)) as JobOutcome;
    if (seen.phase === 'Succeeded') return seen;
    if (seen.phase === 'Cancelled') return { status: 'Cancelled' };
    if (seen.quarantined) return ended(track, 'Quarantined', seen.reason, seen.message, seen.hint);
    if (!seen.lost || attempt > job.retries) return failed(track, seen);
  }
}

function* rolledOut(
  steps: RunSteps,
  { judgedAgainst }: Cleared,
  image: Pick<RolloutInput, 'image' | 'timeoutMs'>,
  attempt: number,
): Steps<RunOutcome | 'judge again'> {
  const { ctx, track, runId } = steps;
  track.begin('rollout');
  const child = awaitId(runId, 'rollout', attempt);
  track.waitsFor(child);
  const input: RolloutInput = {
    runId,
    holder: runId,
    byHand: false,
    ...image,
    ...(judgedAgainst && { judgedAgainst }),
  };
  const seen = (yield ctx.df.callSubOrchestrator(ORCHESTRATIONS.rollout, input, child)) as RolloutOutcome;
  switch (seen.result) {
    case 'Promoted':
      yield* complete(steps, seen.detail);
      return { status: 'Succeeded' };
    case 'ChampionChanged':
      return 'judge again';
    case 'Superseded':
      return ended(track, 'Superseded', 'Superseded', seen.message);
    case 'Cancelled':
      return { status: 'Cancelled' };
    case 'Failed':
      return failed(track, seen);
  }
}

/** Turns a fault that outlived its retries into a failed run, so that cleaning and closing still happen. */
function* guarded(steps: RunSteps): Steps<RunOutcome> {
  try {
    return yield* stages(steps);
  } catch (error) {
    const hint = 'The cause lasted over all retries. See the health endpoint and the logs of the function app.';
    return failed(steps.track, { reason: 'ActivityFailed', message: failureText(error), hint });
  }
}

/** The custom status may hold 16 kB. */
function firstLine(message: string | undefined): string | undefined {
  return message?.split('\n')[0]?.slice(0, 300);
}

function isFinished(outcome: Finished | RunOutcome): outcome is Finished {
  return 'outputs' in outcome;
}

function isCleared(outcome: Cleared | RunOutcome): outcome is Cleared {
  return 'cleared' in outcome;
}

/** What a stage did, and whether its log was lost. */
function told(deed: string, { logLost }: Finished): string {
  return logLost === undefined ? deed : `${deed}; its log was not kept: ${logLost}`.slice(0, 300);
}

function rows({ rowsWritten, rowsQuarantined }: Record<string, number>): string {
  return `${rowsWritten ?? 0} rows${rowsQuarantined ? `, ${rowsQuarantined} quarantined` : ''}`;
}

function trainedWell(metrics: Record<string, number>, judgedBy: string[]): string {
  const told = metricsInWords(metrics, judgedBy);
  return told ? `held-out ${told}` : 'trained';
}
