import type { OrchestrationContext } from 'durable-functions';
import { formatDuration } from '../shared/duration.ts';
import type { RolloutClaim, RolloutRef } from './activities/rollout.ts';
import { calls, type Calls, type Steps } from './calls.ts';

export interface RolloutInput extends RolloutRef {
  image: string;
  timeoutMs: number;
  /** The champion that the gate compared with; absent where a person has decided, whatever serves meanwhile. */
  judgedAgainst?: { champion?: string };
}

export type RolloutOutcome =
  | { result: 'Promoted'; revision: string; detail: string }
  | { result: 'Superseded'; message: string }
  | { result: 'ChampionChanged' }
  | { result: 'Failed'; reason: string; message: string; hint?: string }
  | { result: 'Cancelled' };

type Refusal = Extract<RolloutOutcome, { result: 'Failed' | 'Cancelled' }>;
type Claimed = Extract<RolloutClaim, { result: 'Claimed' }>;

const QUICKEST_MS = 1_000;
const SLOWEST_MS = 15_000;

/**
 * Brings a version to its users: its revision gets ready without traffic, answers the golden requests, then takes all
 * of the traffic, and only then the champion moves. Whatever goes wrong, the last good revision keeps serving.
 */
export function* rollout(ctx: OrchestrationContext): Steps<RolloutOutcome> {
  const input = ctx.df.getInput<RolloutInput>();
  const { runId, holder, byHand, image } = input;
  const act = calls(ctx);

  const claim = yield* claimed(ctx, act, input);
  if (claim.result !== 'Claimed') return claim;

  const served = yield* reveal(ctx, act, input, claim.champion !== undefined);
  if ('result' in served) {
    yield* act.rollBack({ runId, holder, byHand });
    return served;
  }
  yield* act.moveChampion({ runId, holder, byHand, image });
  return { result: 'Promoted', revision: served.revision, detail: `${served.revision} has all of the traffic` };
}

/** Claims the aliases; while another rollout holds them it waits, as long as that may take. */
function* claimed(ctx: OrchestrationContext, act: Calls, input: RolloutInput): Steps<Claimed | RolloutOutcome> {
  const { runId, holder, byHand, judgedAgainst, timeoutMs } = input;
  const deadline = ctx.df.currentUtcDateTime.getTime() + timeoutMs;
  const isOver = () => ctx.df.currentUtcDateTime.getTime() >= deadline;
  for (let look = 0; ; look++) {
    const claim = yield* act.claimRollout({ runId, holder, byHand, ...(judgedAgainst && { judgedAgainst }) });
    switch (claim.result) {
      case 'Claimed':
      case 'Cancelled':
        return claim;
      case 'ChampionChanged':
        return { result: 'ChampionChanged' };
      case 'Superseded':
        return { result: 'Superseded', message: `Version ${claim.by} of a newer batch serves already.` };
      case 'Held':
        if (byHand || isOver()) return held(claim.by);
        ctx.df.setCustomStatus({ waitingFor: `the rollout of ${claim.by} to end` });
        break;
      case 'Waking':
        if (isOver()) return overdue(timeoutMs, claim.detail);
        ctx.df.setCustomStatus({ waitingFor: claim.detail });
    }
    yield* pause(ctx, look);
  }
}

/** Applies the revision, waits for it, asks it the golden requests, and gives it the traffic. */
function* reveal(
  ctx: OrchestrationContext,
  act: Calls,
  input: RolloutInput,
  beside: boolean,
): Steps<{ revision: string } | Refusal> {
  const { runId, image } = input;
  yield* act.applyRevision({ runId, image, beside });
  const ready = yield* awaitRevision(ctx, act, input, 0);
  if ('result' in ready) return ready;
  const { difference } = yield* act.checkGolden({ runId, revision: ready.revision });
  if (difference !== undefined) {
    const hint = 'predictor.py must answer as the trained model did: compare its inputs and outputs with train.py.';
    const message = `The new revision answers wrong: ${difference}.`;
    return { result: 'Failed', reason: 'GoldenMismatch', message, hint };
  }
  yield* act.promoteRevision({ runId, image });
  return yield* awaitRevision(ctx, act, input, 100);
}

function* awaitRevision(
  ctx: OrchestrationContext,
  act: Calls,
  { runId, holder, byHand, timeoutMs }: RolloutInput,
  trafficPercent: number,
): Steps<{ revision: string } | Refusal> {
  const deadline = ctx.df.currentUtcDateTime.getTime() + timeoutMs;
  let waitingFor = '';
  for (let look = 0; ctx.df.currentUtcDateTime.getTime() < deadline; look++) {
    const seen = yield* act.observeRevision({ runId, holder, byHand });
    if (seen.state === 'Cancelled') return { result: 'Cancelled' };
    if (seen.state === 'Failed') return { ...seen, result: 'Failed' };
    if (seen.state === 'Ready' && seen.trafficPercent >= trafficPercent) return { revision: seen.revision };
    waitingFor = seen.state === 'Ready' ? `the traffic to reach ${seen.revision}` : seen.detail;
    ctx.df.setCustomStatus({ waitingFor });
    yield* pause(ctx, look);
  }
  return overdue(timeoutMs, waitingFor);
}

function overdue(timeoutMs: number, waitingFor: string): Refusal {
  return {
    result: 'Failed',
    reason: 'RolloutDeadlineExceeded',
    message: `The rollout waited ${formatDuration(timeoutMs)} for ${waitingFor}.`,
    hint: 'Look at the predictor pod on the serving cluster, or raise rollout.timeout in pipeline.yaml.',
  };
}

/** A pause that grows with the number of looks. */
function* pause(ctx: OrchestrationContext, look: number): Steps<void> {
  const ms = Math.min(QUICKEST_MS * 1.5 ** look, SLOWEST_MS);
  yield ctx.df.createTimer(new Date(ctx.df.currentUtcDateTime.getTime() + ms));
}

function held(by: string): RolloutOutcome {
  return {
    result: 'Failed',
    reason: 'RolloutInProgress',
    message: `${by} is rolling out.`,
    hint: 'Try again when that rollout is over.',
  };
}
