import type { OrchestrationContext } from 'durable-functions';
import { awaitId, batchId, ORCHESTRATIONS, runIdOf } from '../shared/names.ts';
import type { Outcome } from '../shared/sources/source-state.ts';
import type { SourceRef } from './activities/collection.ts';
import type { AwaitJobInput, JobOutcome } from './await-job.ts';
import { calls, type Calls, type Steps } from './calls.ts';
import { failureText } from './failure-text.ts';
import { asleep, submitWhenAwake } from './submit-when-awake.ts';

export interface CollectionInput extends SourceRef {
  /** Somebody asked for it now, whether it is due or not. */
  byHand: boolean;
}

/**
 * Looks at one source of a pipeline: fetches what is new, or has the pipeline's script do it, and keeps what came of it.
 * Each source has an instance of its own, one at a time, so that one that hangs or fails holds up no other.
 */
export function* collection(ctx: OrchestrationContext): Steps<{ outcome?: Outcome; because?: string }> {
  const { pipeline, source, byHand } = ctx.df.getInput<CollectionInput>();
  const act = calls(ctx);
  const ref = { pipeline, source };
  const begun = yield* act.beginCollection({ ...ref, byHand, at: ctx.df.currentUtcDateTime.toISOString() });
  if (!begun.go) return { because: begun.because };
  const outcome = yield* collected(ctx, act, ref, begun.type === 'script');
  yield* act.recordCollection({ ...ref, outcome, at: ctx.df.currentUtcDateTime.toISOString() });
  return { outcome };
}

function* collected(ctx: OrchestrationContext, act: Calls, ref: SourceRef, byScript: boolean): Steps<Outcome> {
  try {
    return byScript ? yield* runScript(ctx, act, ref) : yield* act.collectSource(ref);
  } catch (error) {
    const hint =
      'See GET /api/health and the log of the function app; it is tried again by itself where it has a schedule.';
    return failure({ reason: 'CollectionFailed', message: failureText(error), hint });
  }
}

/** Runs the script as a job under an id that follows from pipeline, time and source; a job that was lost runs again. */
function* runScript(ctx: OrchestrationContext, act: Calls, ref: SourceRef): Steps<Outcome> {
  const log = `GET /api/pipelines/${ref.pipeline}/sources/${ref.source}/logs`;
  const hex = ctx.df.newGuid(`${ref.pipeline}:${ref.source}`);
  const runId = runIdOf(ref.pipeline, batchId(ctx.df.currentUtcDateTime, hex));
  for (let attempt = 1; ; attempt++) {
    const submitted = yield* submitWhenAwake(
      ctx,
      () => act.submitCollectJob({ ...ref, runId, attempt }),
      (waking) => ctx.df.setCustomStatus({ waitingFor: waking }),
    );
    const { waitForResourcesMs, timeoutMs, retries } = submitted;
    if (submitted.waking !== undefined) return failure(asleep(submitted.waking, waitForResourcesMs, 'source'));
    if (submitted.refused) return failure(submitted.refused);
    const input: AwaitJobInput = { runId, stage: 'collect', attempt, waitForResourcesMs, timeoutMs };
    const done: JobOutcome = yield ctx.df.callSubOrchestrator(
      ORCHESTRATIONS.awaitJob,
      input,
      awaitId(runId, 'collect', attempt),
    );
    if (done.phase === 'Succeeded') return landed(Object.values(done.outputs));
    yield* act.removeCollectJob({ runId, attempt });
    if (done.phase === 'Cancelled')
      return failure({ reason: 'Cancelled', message: 'The job was cancelled.', hint: 'Collect again.' });
    if (!done.lost || attempt > retries) return failure({ ...done, hint: done.hint ?? `See its log: ${log}.` });
  }
}

/** What a script says that it landed, as lake paths; nothing where nothing was new. */
function landed(files: string[]): Outcome {
  return files.length > 0 ? { status: 'Changed', files } : { status: 'Unchanged' };
}

function failure({ reason, message, hint }: { reason: string; message: string; hint: string }): Outcome {
  return { status: 'Failed', error: { reason, message, hint } };
}
