import type { Settlement } from '../../shared/clients/reviews.ts';
import { runSubject } from '../../shared/lifecycle-events.ts';
import { collectorId, ORCHESTRATIONS, parseRunId, REVIEW_DECIDED, reviewId } from '../../shared/names.ts';
import type { Review } from '../../shared/run.ts';
import { locate, type ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';

export interface ReviewRequest {
  runId: string;
  reasons: string[];
  requestedAt: string;
  deadlineAt: string;
  onDeadline: 'reject' | 'approve';
}

/** Opens a run's review and lets the pipeline's next batch go ahead, since a run that waits gives up its place. */
export async function openReview(
  context: ActivityContext,
  durable: DurablePort,
  request: ReviewRequest,
): Promise<Review> {
  const { clients, appUrl } = context;
  const { pipeline, batchId } = locate(request.runId);
  const link = `${appUrl}/api/dashboard/#/runs/${request.runId}/review`;
  const review = await clients.reviews.open({ ...request, version: batchId, status: 'Waiting', link });
  const waiting = await clients.arrivals.waiting(pipeline, 1);
  if (waiting.length > 0) await durable.start(ORCHESTRATIONS.collector, collectorId(pipeline), { pipeline });
  return review;
}

/** Tells people of a review: on the topic, and at the webhook where one is configured. */
export async function alertReviewers(
  { clients }: ActivityContext,
  { runId, reminder }: { runId: string; reminder: boolean },
): Promise<void> {
  const { pipeline, batchId } = locate(runId);
  const review = await clients.reviews.get(runId);
  if (review?.status !== 'Waiting') return;
  const { version, reasons, deadlineAt, onDeadline, link } = review;
  const name = reminder ? 'ReviewReminded' : 'ReviewRequested';
  const data = { runId, pipeline, batchId, version, reasons, deadlineAt, onDeadline, link };
  await clients.events.publish({ name, key: runId, subject: runSubject(pipeline, runId), data });
  const text = `${pipeline} ${version} waits for a review until ${deadlineAt}: ${reasons.join('; ')}. ${link}`;
  await clients.webhook.send({ id: `${runId}:${name}`, type: `Landfall.${name}`, text, ...data });
}

/** How a review stands; a run that is to be cancelled ends its review. */
export async function readReview(
  context: ActivityContext,
  { runId, at }: { runId: string; at: string },
): Promise<Review> {
  const { clients } = context;
  if (await clients.runs.cancelRequested(runId))
    return endReview(context, { runId, status: 'Cancelled', decidedAt: at });
  const review = await clients.reviews.get(runId);
  if (!review) throw new Error(`The review of ${runId} was never opened`);
  return review;
}

/** Ends a review, unless it has ended: then that stays. */
export async function endReview(
  { clients }: ActivityContext,
  { runId, ...settlement }: Settlement & { runId: string },
): Promise<Review> {
  const found = await clients.reviews.settle(runId, settlement);
  if (!found) throw new Error(`The review of ${runId} was never opened`);
  return found.review;
}

/** Keeps with the version how its review ended, and tells the world. */
export async function concludeReview({ clients }: ActivityContext, { runId }: { runId: string }): Promise<void> {
  const review = await clients.reviews.get(runId);
  if (!review) return;
  const { pipeline, batchId } = locate(runId);
  const { version, status, decidedBy, decidedAt = review.deadlineAt, comment } = review;
  await clients.models.note(pipeline, version, { review });
  const how = { ...(decidedBy && { decidedBy }), ...(comment && { comment }) };
  await clients.events.publish({
    name: 'ReviewDecided',
    key: runId,
    subject: runSubject(pipeline, runId),
    data: { runId, pipeline, batchId, version, status, decidedAt, ...how },
  });
}

/** Ends the reviews of older runs, since a newer one passed: what they asked about is overtaken. */
export async function supersedeReviews(
  context: ActivityContext,
  durable: DurablePort,
  { runId, at }: { runId: string; at: string },
): Promise<{ superseded: string[] }> {
  const { pipeline, batchId } = locate(runId);
  const waiting = await context.clients.reviews.waiting(pipeline);
  const older = waiting.filter((review) => (parseRunId(review.runId)?.batchId ?? batchId) < batchId);
  for (const { runId: overtaken } of older) {
    await endReview(context, { runId: overtaken, status: 'Superseded', decidedAt: at, decidedBy: runId });
    await durable.raise(reviewId(overtaken), REVIEW_DECIDED, {});
  }
  return { superseded: older.map((review) => review.runId) };
}
