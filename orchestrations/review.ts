import type { OrchestrationContext } from 'durable-functions';
import { REVIEW_DECIDED } from '../shared/names.ts';
import type { Review } from '../shared/run.ts';
import { calls, type Calls, type Steps } from './calls.ts';
import { failureText } from './failure-text.ts';

export interface ReviewInput {
  runId: string;
  reasons: string[];
  /** Milliseconds from the request to its deadline, and from the reminder to the deadline. */
  deadlineMs: number;
  reminderMs: number;
  onDeadline: 'reject' | 'approve';
}

/** A look in between is cheap, and finds a decision whose event was lost. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

/**
 * Asks people about a model and waits for their answer, for a newer run, or for the deadline. The decision is a row
 * of the table that is written once; the event only means "look now".
 */
export function* review(ctx: OrchestrationContext): Steps<Review> {
  const { runId, reasons, deadlineMs, reminderMs, onDeadline } = ctx.df.getInput<ReviewInput>();
  const act = calls(ctx);
  const requestedAt = ctx.df.currentUtcDateTime;
  const deadline = new Date(requestedAt.getTime() + deadlineMs);
  const times = { requestedAt: requestedAt.toISOString(), deadlineAt: deadline.toISOString() };
  const until = `a review until ${times.deadlineAt}`;
  // Before the review is there to be seen, so that it is never seen without what it waits for.
  ctx.df.setCustomStatus({ waitingFor: until });
  yield* act.openReview({ runId, reasons, onDeadline, ...times });
  let problem = yield* alert(act, runId, false);

  // A reminder that would come with the request itself is none.
  let remindAt: Date | undefined = reminderMs < deadlineMs ? new Date(deadline.getTime() - reminderMs) : undefined;
  for (;;) {
    const now = ctx.df.currentUtcDateTime;
    const seen =
      now < deadline
        ? yield* act.readReview({ runId, at: now.toISOString() })
        : yield* act.endReview({ runId, status: 'Expired', decidedAt: now.toISOString() });
    if (seen.status !== 'Waiting') {
      yield* act.concludeReview({ runId });
      return seen;
    }
    if (remindAt && now >= remindAt) {
      problem = yield* alert(act, runId, true);
      remindAt = undefined;
    }
    ctx.df.setCustomStatus({ waitingFor: problem === undefined ? until : `${until} (no alert went out: ${problem})` });
    yield* look(ctx, Math.min((remindAt ?? deadline).getTime(), now.getTime() + LONGEST_WAIT_MS));
  }
}

/** Waits for the event or for a time, whichever comes first. */
function* look(ctx: OrchestrationContext, time: number): Steps<void> {
  const timer = ctx.df.createTimer(new Date(time));
  const winner = yield ctx.df.Task.any([ctx.df.waitForExternalEvent(REVIEW_DECIDED), timer]);
  if (winner !== timer) timer.cancel();
}

/** An alert that cannot be delivered must not end a run: it is shown where the run says what it waits for. */
function* alert(act: Calls, runId: string, reminder: boolean): Steps<string | undefined> {
  try {
    yield* act.alertReviewers({ runId, reminder });
    return undefined;
  } catch (error) {
    return failureText(error);
  }
}
