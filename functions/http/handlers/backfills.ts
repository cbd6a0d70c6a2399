import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import { isOver, type Backfill, type Wish } from '../../../shared/backfill.ts';
import { BACKFILL_CHANGED, backfillInstance } from '../../../shared/names.ts';
import { backfillViews, type BackfillView } from '../views/backfill-view.ts';
import type { Edge } from '../../edge.ts';
import { requirePipeline } from '../require.ts';
import { HttpProblem } from '../http-problem.ts';

/** Lists a pipeline's backfills, newest first. */
export async function listBackfills(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { name } = requirePipeline(edge, request.params.pipeline);
  return { jsonBody: { value: await backfillViews(edge, name, await edge.clients.backfills.list(name)) } };
}

/** Shows one backfill with its partitions. */
export async function getBackfill(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  return { jsonBody: await viewed(edge, await requireBackfill(edge, request.params.backfillId)) };
}

/** Keeps what a person wants of a backfill, and tells it to look. */
export async function askBackfill(
  edge: Edge,
  durable: DurablePort,
  request: HttpRequest,
  wish: Wish,
): Promise<HttpResponseInit> {
  const backfill = await requireBackfill(edge, request.params.backfillId);
  const { backfillId, status } = backfill;
  if (isOver(backfill)) {
    throw new HttpProblem(409, `${backfillId} is over: it ${status.toLowerCase()}.`, 'Start another backfill.');
  }
  if (wish !== 'cancel' && (await edge.clients.backfills.wish(backfillId)) === 'cancel') {
    throw new HttpProblem(409, `${backfillId} is being cancelled.`, 'Start another backfill.');
  }
  await edge.clients.backfills.ask(backfillId, wish);
  await durable.raise(backfillInstance(backfillId), BACKFILL_CHANGED, {});
  return { status: 202, jsonBody: await viewed(edge, backfill) };
}

async function viewed(edge: Edge, backfill: Backfill): Promise<BackfillView | undefined> {
  const [view] = await backfillViews(edge, backfill.pipeline, [backfill]);
  return view;
}

async function requireBackfill(edge: Edge, backfillId: string | undefined): Promise<Backfill> {
  const found = backfillId === undefined ? undefined : await edge.clients.backfills.get(backfillId);
  if (found) return found;
  throw new HttpProblem(
    404,
    `There is no backfill ${backfillId}.`,
    'GET /api/pipelines/{pipeline}/backfills lists them.',
  );
}
