import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import { REVIEW_DECIDED, reviewId } from '../../../shared/names.ts';
import type { Review, Run } from '../../../shared/run.ts';
import { isFinal } from '../../../shared/status.ts';
import type { Edge } from '../../edge.ts';
import { requireRun } from '../require.ts';
import { HttpProblem, jsonBody } from '../http-problem.ts';
import { authorize } from '../principal.ts';
import { decision as decisionSchema } from '../schemas/request-schemas.ts';

/** Decides the review that a run waits for: once, in time, and for this run only. */
export async function reviewRun(
  edge: Edge,
  durable: DurablePort,
  request: HttpRequest,
  now = new Date(),
): Promise<HttpResponseInit> {
  const run = await requireRun(edge, request.params.runId);
  const { decision, comment, by } = await jsonBody(request, decisionSchema);
  const review = await edge.clients.reviews.get(run.runId);
  if (!review) throw notAsked(run);
  if (review.status === 'Waiting' && Date.parse(review.deadlineAt) <= now.getTime()) throw late(review);
  const settlement = {
    status: decision === 'approved' ? ('Approved' as const) : ('Rejected' as const),
    decidedAt: now.toISOString(),
    decidedBy: authorize(request, edge.isAuthenticated, 'Reviewer')?.name ?? by ?? 'a holder of the function key',
    ...(comment !== undefined && { comment }),
  };
  const answer = await edge.clients.reviews.settle(run.runId, settlement);
  if (!answer?.settled) throw decidedBefore(answer?.review ?? review);
  await durable.raise(reviewId(run.runId), REVIEW_DECIDED, {});
  return { status: 202, jsonBody: answer.review };
}

function notAsked({ runId, status, stage }: Run): HttpProblem {
  const hint = 'GET /api/runs/{id} shows what a run waits for.';
  return isFinal(status)
    ? new HttpProblem(409, `${runId} is over: it ended as ${status} and was never up for review.`, hint)
    : new HttpProblem(409, `${runId} does not wait for a review: it is in ${stage ?? 'its first stage'}.`, hint);
}

function late({ runId, deadlineAt }: Review): HttpProblem {
  return new HttpProblem(409, `The review of ${runId} ended at ${deadlineAt}.`, 'Drop the files again.');
}

function decidedBefore(review: Review): HttpProblem {
  const { runId, status, decidedBy, decidedAt } = review;
  const how = `${status.toLowerCase()}${decidedBy ? ` by ${decidedBy}` : ''}${decidedAt ? ` at ${decidedAt}` : ''}`;
  const hint = `GET /api/runs/${runId} shows what became of it. To have it judged again: POST /api/runs/${runId}/rerun.`;
  return new HttpProblem(409, `The review of ${runId} is over: ${how}.`, hint, { review });
}
