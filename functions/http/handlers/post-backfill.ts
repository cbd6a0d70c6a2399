import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { PARTITION_LIMIT, partitionsOf } from '../../../orchestrations/activities/backfill.ts';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import { isOver, type Backfill, type BackfillPlan } from '../../../shared/backfill.ts';
import { grain, intervals } from '../../../shared/intervals.ts';
import { backfillInstance, ORCHESTRATIONS } from '../../../shared/names.ts';
import type { Pipeline } from '../../../shared/pipeline.ts';
import type { Edge } from '../../edge.ts';
import { requirePipeline } from '../require.ts';
import { HttpProblem, jsonBody } from '../http-problem.ts';
import { claimIdempotencyKey } from './idempotency-key.ts';
import { backfillRequest, type BackfillRequest } from '../schemas/request-schemas.ts';

/** Starts runs over what landed in a span of time, one a partition; with `dryRun` it only lists them. */
export async function postBackfill(
  edge: Edge,
  durable: DurablePort,
  http: HttpRequest,
  now = new Date(),
): Promise<HttpResponseInit> {
  const pipeline = requirePipeline(edge, http.params.pipeline);
  const body = await jsonBody(http, backfillRequest);
  const plan = planOf(pipeline, body);
  if (body.dryRun) {
    const partitions = await partitionsOf(edge, plan);
    return { jsonBody: { partitions: partitions.map(({ from, to, files, bytes }) => ({ from, to, files, bytes })) } };
  }
  const backfillId = await claimIdempotencyKey(edge, http, { scope: 'backfill', pipeline: pipeline.name, body, now });
  const backfill = (await edge.clients.backfills.get(backfillId)) ?? (await planned(edge, plan, backfillId, now));
  // Again for one that is known: a crash may have kept its document and lost its row, without which no sweep finds it.
  await edge.clients.backfills.add(backfill);
  if (!isOver(backfill)) await durable.start(ORCHESTRATIONS.backfill, backfillInstance(backfillId), { backfillId });
  const statusUrl = new URL(`/api/backfills/${backfillId}`, http.url).toString();
  const { partitions } = backfill;
  return { status: 202, headers: { location: statusUrl }, jsonBody: { backfillId, statusUrl, partitions } };
}

function planOf({ name, schedule, landing }: Pipeline, body: BackfillRequest): BackfillPlan {
  const { from, to, partition, parallel, noCache } = body;
  const prefix = body.prefix ?? (schedule?.prefix ? `landing/${schedule.prefix}` : `landing/${landing.prefix}`);
  if (from >= to)
    throw new HttpProblem(400, `The span ends before it begins: ${from} to ${to}.`, 'Exchange from and to.');
  const tooFine = partition === 'hour' ? grain(prefix) !== 'hour' : grain(prefix) === 'month' && partition !== 'month';
  if (grain(prefix) && tooFine) {
    throw new HttpProblem(400, `${prefix} does not tell one ${partition} from another.`, 'Choose a longer partition.');
  }
  if (intervals({ from, to }, partition, PARTITION_LIMIT).length > PARTITION_LIMIT) {
    const hint = 'Choose a longer partition or a shorter span.';
    throw new HttpProblem(400, `These are more than ${PARTITION_LIMIT} partitions.`, hint);
  }
  return { pipeline: name, from, to, partition, parallel, prefix, ...(noCache && { noCache }) };
}

async function planned(edge: Edge, plan: BackfillPlan, backfillId: string, now: Date): Promise<Backfill> {
  const partitions = await partitionsOf(edge, plan);
  if (partitions.length === 0) {
    const hint = 'Look with dryRun, or name another span or prefix.';
    throw new HttpProblem(422, `${plan.prefix} has no files from ${plan.from} to ${plan.to}.`, hint);
  }
  return { ...plan, backfillId, status: 'Running', partitions, startedAt: now.toISOString() };
}
