import type { OrchestrationContext } from 'durable-functions';
import { BACKFILL_CHANGED } from '../shared/names.ts';
import { calls, type Steps } from './calls.ts';

export interface BackfillInput {
  backfillId: string;
}

const LOOKS_PER_GENERATION = 20;
const QUICKEST_MS = 15_000;
/** Runs tell when they are over and people when they pause: looks only catch what told nothing. */
const SLOWEST_MS = 5 * 60_000;

/** Runs a backfill to its end: each look starts what may start. */
export function* backfill(ctx: OrchestrationContext): Steps<{ detail: string }> {
  const { backfillId } = ctx.df.getInput<BackfillInput>();
  const act = calls(ctx);
  for (let look = 0, quiet = 0; look < LOOKS_PER_GENERATION; look++) {
    const at = ctx.df.currentUtcDateTime;
    const { over, detail } = yield* act.advanceBackfill({ backfillId, at: at.toISOString() });
    if (over) return { detail };
    ctx.df.setCustomStatus({ waitingFor: detail });
    const timer = ctx.df.createTimer(new Date(at.getTime() + Math.min(QUICKEST_MS * 2 ** quiet, SLOWEST_MS)));
    const winner = yield ctx.df.Task.any([ctx.df.waitForExternalEvent(BACKFILL_CHANGED), timer]);
    quiet = winner === timer ? quiet + 1 : 0;
    if (winner !== timer) timer.cancel();
  }
  ctx.df.continueAsNew({ backfillId });
  return { detail: 'it goes on in a new generation' };
}
