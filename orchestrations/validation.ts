import type { GateDecision } from '../shared/gate.ts';
import { ORCHESTRATIONS, reviewId } from '../shared/names.ts';
import type { Review, RunOutcome } from '../shared/run.ts';
import type { Pinning } from './activities/pin.ts';
import type { Steps } from './calls.ts';
import type { ReviewInput } from './review.ts';
import { complete, ended, type RunSteps } from './stages.ts';

/** What the gate needs of the training, and how a review is held. */
export interface Judgement {
  metrics: Record<string, number>;
  baselineProblem?: string;
  review: Extract<Pinning, { ok: true }>['review'];
}

/** A model that may go to its users: by the gate, against a champion, or by a person's word. */
export type Cleared = { cleared: true; judgedAgainst?: { champion?: string } };

/** Judges a model, and asks a person where the gate does; a newer model that may go overtakes older reviews. */
export function* validation(steps: RunSteps, judgement: Judgement): Steps<Cleared | RunOutcome> {
  const { ctx, act, track, runId } = steps;
  const { metrics, baselineProblem } = judgement;
  track.begin('validate');
  const { gate, champion } = yield* act.validateModel({ runId, metrics, ...(baselineProblem && { baselineProblem }) });
  track.note({ gate });
  if (gate.decision === 'reject') {
    const message = `The model was rejected: ${gate.reasons.join('; ')}.`;
    const hint = 'Look at the data of the batch and at train.py, or change validate in pipeline.yaml.';
    return ended(track, 'Rejected', 'GateRejected', message, hint);
  }
  yield* complete(steps, `${gate.decision}: ${gate.reasons.join('; ')}`.slice(0, 300));
  if (gate.decision === 'review') {
    const refused = yield* reviewed(steps, gate, judgement.review);
    if (refused) return refused;
  }
  yield* act.supersedeReviews({ runId, at: ctx.df.currentUtcDateTime.toISOString() });
  return gate.decision === 'review'
    ? { cleared: true }
    : { cleared: true, judgedAgainst: { ...(champion && { champion }) } };
}

/** Waits for a person's word; answers nothing when the model may go. */
function* reviewed(
  steps: RunSteps,
  { reasons }: GateDecision,
  rules: Judgement['review'],
): Steps<RunOutcome | undefined> {
  const { ctx, track, runId } = steps;
  track.begin('review');
  track.waitsFor(reviewId(runId));
  const input: ReviewInput = { runId, reasons, ...rules };
  const review = (yield ctx.df.callSubOrchestrator(ORCHESTRATIONS.review, input, reviewId(runId))) as Review;
  track.note({ review });
  const { status, decidedBy = 'nobody', comment, onDeadline, deadlineAt } = review;
  const why = comment === undefined ? '' : `: ${comment}`;
  switch (status) {
    case 'Approved':
      yield* complete(steps, `approved by ${decidedBy}${why}`);
      return undefined;
    case 'Rejected':
      return ended(track, 'Rejected', 'ReviewRejected', `${decidedBy} rejected the model${why}.`);
    case 'Superseded':
      return ended(track, 'Superseded', 'Superseded', `${decidedBy}, a newer run, passed before anybody decided.`);
    case 'Expired':
      if (onDeadline === 'reject') {
        const hint = 'Drop the files again to have the model reviewed again.';
        return ended(track, 'Expired', 'ReviewExpired', `Nobody decided until ${deadlineAt}.`, hint);
      }
      yield* complete(steps, `approved by default: nobody decided until ${deadlineAt}`);
      return undefined;
    default:
      return { status: 'Cancelled' };
  }
}
