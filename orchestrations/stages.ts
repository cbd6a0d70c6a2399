import type { OrchestrationContext } from 'durable-functions';
import type { RunError, RunOutcome } from '../shared/run.ts';
import type { Calls, Steps } from './calls.ts';
import type { StageTracker } from './stage-tracker.ts';

/** What every stage of a run works with. */
export interface RunSteps {
  ctx: OrchestrationContext;
  act: Calls;
  track: StageTracker;
  runId: string;
}

/** Ends the current stage well, and tells the world. */
export function* complete({ act, track, runId }: RunSteps, detail?: string): Steps<void> {
  track.end('Succeeded', detail);
  const stage = track.progress.stages.find(({ name }) => name === track.progress.stage);
  if (stage) yield* act.announceStage({ runId, stage });
}

/** The outcome of a run that failed in its current stage. */
export function failed(
  track: StageTracker,
  { reason, message, hint }: { reason: string; message: string; hint?: string },
): RunOutcome {
  return ended(track, 'Failed', reason, message, hint);
}

/** The outcome of a run that ended in its current stage, and why. */
export function ended(
  track: StageTracker,
  status: RunOutcome['status'],
  reason: string,
  message: string,
  hint?: string,
): RunOutcome {
  const error: RunError = { stage: track.progress.stage, reason, message, ...(hint !== undefined && { hint }) };
  return { status, error };
}
