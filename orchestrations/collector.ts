import type { OrchestrationContext } from 'durable-functions';
import { decideBatch } from '../shared/batch.ts';
import { batchId } from '../shared/names.ts';
import { calls, type Steps } from './calls.ts';

/** Looks in one generation: the history of a landing zone that never gets quiet stays short. */
const LOOKS_PER_GENERATION = 20;

export interface CollectorInput {
  pipeline: string;
}

/** Waits until a pipeline's landing zone holds a batch, closes it, starts its run, and ends. One at a time a pipeline. */
export function* collector(ctx: OrchestrationContext): Steps<{ runId?: string; because: string }> {
  const { pipeline } = ctx.df.getInput<CollectorInput>();
  const act = calls(ctx);
  for (let look = 0; look < LOOKS_PER_GENERATION; look++) {
    const seen = yield* act.surveyLanding({ pipeline });
    if (!seen.ready) return { because: seen.because };

    const decision = decideBatch(seen.survey, seen.limits, ctx.df.currentUtcDateTime);
    if (decision.close) {
      const closedAt = ctx.df.currentUtcDateTime;
      const batch = batchId(closedAt, ctx.df.newGuid(ctx.df.instanceId));
      const { runId, files } = yield* act.closeBatch({ pipeline, batchId: batch, closedAt: closedAt.toISOString() });
      if (files === 0) return { because: 'the completion marker came without files' };
      yield* act.startRun({ pipeline, runId, batchId: batch, startedAt: closedAt.toISOString() });
      return { runId, because: decision.because };
    }
    yield ctx.df.createTimer(decision.lookAgainAt);
  }
  ctx.df.continueAsNew({ pipeline });
  return { because: 'it goes on in a new generation' };
}
