import type { OrchestrationContext } from 'durable-functions';
import { formatDuration } from '../shared/duration.ts';
import type { Steps } from './calls.ts';

/** What came of a submission, as far as it depends on the cluster. */
interface Attempt {
  /** Why nothing was submitted yet: the cluster starts. */
  waking?: string;
  waitForResourcesMs: number;
}

const LOOK_MS = 20_000;

/**
 * Submits a job as soon as its cluster runs; one that was stopped is started first, which takes minutes. What is still
 * waking in the end was not submitted within the time that it may wait for resources.
 */
export function* submitWhenAwake<A extends Attempt>(
  ctx: OrchestrationContext,
  submit: () => Steps<A>,
  waitsFor: (waking: string) => void,
): Steps<A> {
  const since = ctx.df.currentUtcDateTime.getTime();
  for (;;) {
    const attempt = yield* submit();
    const now = ctx.df.currentUtcDateTime.getTime();
    if (attempt.waking === undefined || now >= since + attempt.waitForResourcesMs) return attempt;
    waitsFor(attempt.waking);
    yield ctx.df.createTimer(new Date(now + LOOK_MS));
  }
}

/** Why a job was never submitted: its cluster did not start in time. */
export function asleep(waking: string, waitedMs: number, declaredBy: 'stage' | 'source') {
  const message = `The job was not submitted: it waited ${formatDuration(waitedMs)} for ${waking}.`;
  const hint = `Look at the cluster in the Azure portal, or raise waitForResources of the ${declaredBy} in pipeline.yaml.`;
  return { reason: 'ClusterAsleep', message, hint };
}
