import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurablePort } from '../orchestrations/activities/durable-port.ts';
import { LOOK_NOW, REVIEW_DECIDED, reviewId } from '../shared/names.ts';
import type { RunProgress } from '../shared/run.ts';
import { isFinal } from '../shared/status.ts';
import { requireRun, type Edge } from './edge.ts';
import { HttpProblem } from './http-problem.ts';

/** Asks a run to stop: every step looks for the request, and a wait is told to look now. */
export async function cancelRun(edge: Edge, durable: DurablePort, request: HttpRequest): Promise<HttpResponseInit> {
  const run = await requireRun(edge, request.params.runId);
  if (isFinal(run.status)) throw new HttpProblem(409, `${run.runId} is over: it ${run.status.toLowerCase()}.`);
  await edge.clients.runs.requestCancel(run.runId);
  const progress = (await durable.status(run.runId))?.customStatus as RunProgress | null | undefined;
  const child = progress?.child;
  // Each wait listens to one event alone.
  const event = child === reviewId(run.runId) ? REVIEW_DECIDED : LOOK_NOW;
  if (child) await durable.raise(child, event, { cancel: true });
  return { status: 202, jsonBody: { runId: run.runId, cancelling: true } };
}
