import type { OrchestrationContext } from 'durable-functions';
import { formatDuration } from '../shared/duration.ts';
import { calls, type Calls, type Steps } from './calls.ts';

export interface RolloutInput {
  runId: string;
  image: string;
  timeoutMs: number;
}

export type RolloutOutcome =
  | { result: 'Promoted'; revision: string; detail: string }
  | { result: 'Superseded'; message: string }
  | { result: 'Failed'; reason: string; message: string; hint?: string }
  | { result: 'Cancelled' };

type Refusal = Extract<RolloutOutcome, { result: 'Failed' | 'Cancelled' }>;

const QUICKEST_MS = 1_000;
const SLOWEST_MS = 15_000;

/**
 * Brings a version to its users: its revision gets ready without traffic, answers the golden requests, then takes all
 * of the traffic, and only then the champion moves. Whatever goes wrong, the last good revision keeps serving.
 */
export function* rollout(ctx: OrchestrationContext): Steps<RolloutOutcome> {
  const { runId, image, timeoutMs } = ctx.df.getInput<RolloutInput>();
  const act = calls(ctx);

  const claim = yield* act.claimRollout({ runId });
  if (!claim.ok) return claim.superseded ? superseded(claim.by) : held(claim.heldBy);

  const failed = (yield* reveal(ctx, act, { runId, image, timeoutMs }, claim.champion !== undefined)) ?? undefined;
  if (failed) {
    yield* act.rollBack({ runId });
    return failed;
  }
  const promoted = yield* awaitRevision(ctx, act, runId, 100, timeoutMs);
  if ('result' in promoted) {
    yield* act.rollBack({ runId });
    return promoted;
  }
  yield* act.moveChampion({ runId, image });
  return { result: 'Promoted', revision: promoted.revision, detail: `${promoted.revision} has all of the traffic` };
}

/** Applies the revision, waits for it, asks it the golden requests, and gives it the traffic. */
function* reveal(
  ctx: OrchestrationContext,
  act: Calls,
  input: RolloutInput,
  beside: boolean,
): Steps<Refusal | undefined> {
  const { runId, image, timeoutMs } = input;
  yield* act.applyRevision({ runId, image, beside });
  const ready = yield* awaitRevision(ctx, act, runId, 0, timeoutMs);
  if ('result' in ready) return ready;
  const { difference } = yield* act.checkGolden({ runId });
  if (difference !== undefined) {
    const hint = 'predictor.py must answer as the trained model did: compare its inputs and outputs with train.py.';
    return {
      result: 'Failed',
      reason: 'GoldenMismatch',
      message: `The new revision answers wrong: ${difference}.`,
      hint,
    };
  }
  yield* act.promoteRevision({ runId, image });
  return undefined;
}

function* awaitRevision(
  ctx: OrchestrationContext,
  act: Calls,
  runId: string,
  trafficPercent: number,
  timeoutMs: number,
): Steps<{ revision: string } | Refusal> {
  const deadline = ctx.df.currentUtcDateTime.getTime() + timeoutMs;
  let waitingFor = '';
  for (let look = 0; ctx.df.currentUtcDateTime.getTime() < deadline; look++) {
    const seen = yield* act.observeRevision({ runId });
    if (seen.state === 'Cancelled') return { result: 'Cancelled' };
    if (seen.state === 'Failed') return { ...seen, result: 'Failed' };
    if (seen.state === 'Ready' && seen.trafficPercent >= trafficPercent) return { revision: seen.revision };
    waitingFor = seen.state === 'Ready' ? `the traffic to reach ${seen.revision}` : seen.detail;
    ctx.df.setCustomStatus({ waitingFor });
    const pause = Math.min(QUICKEST_MS * 1.5 ** look, SLOWEST_MS);
    yield ctx.df.createTimer(new Date(ctx.df.currentUtcDateTime.getTime() + pause));
  }
  return {
    result: 'Failed',
    reason: 'RolloutDeadlineExceeded',
    message: `The rollout waited ${formatDuration(timeoutMs)} for ${waitingFor}.`,
    hint: 'Look at the predictor pod on the serving cluster, or raise rollout.timeout in pipeline.yaml.',
  };
}

function superseded(by: string): RolloutOutcome {
  return { result: 'Superseded', message: `Version ${by} of a newer batch serves already.` };
}

function held(by: string): RolloutOutcome {
  return {
    result: 'Failed',
    reason: 'RolloutInProgress',
    message: `${by} is rolling out.`,
    hint: 'Start the run again when that rollout is over.',
  };
}
