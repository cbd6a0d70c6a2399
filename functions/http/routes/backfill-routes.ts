import { locationHeader, idempotencyKey, ok, refusal, COMMON, NO_PIPELINE, NO_BACKFILL } from './answers.ts';
import type { Route } from './route.ts';

/** Routes about backfills. */
export const BACKFILL_ROUTES = {
  postBackfill: {
    method: 'POST',
    path: 'pipelines/{pipeline}/backfill',
    role: 'Operator',
    topic: 'Backfills',
    summary: 'Runs over what landed in a span of time, one a partition; or, with dryRun, the list of them',
    headers: idempotencyKey,
    body: { schema: 'BackfillRequest', required: true },
    answers: {
      200: ok('BackfillPlan', 'What would run.'),
      202: ok('BackfillStarted', 'It has started.', locationHeader),
      400: refusal('The body is no JSON or not as documented, or the span, the partition and the prefix do not fit.'),
      ...NO_PIPELINE,
      409: refusal('The key was used with another body, or the pipeline.yaml is broken.'),
      422: refusal('Nothing landed in that span.'),
      ...COMMON,
    },
  },
  listBackfills: {
    method: 'GET',
    path: 'pipelines/{pipeline}/backfills',
    role: 'Reader',
    topic: 'Backfills',
    summary: 'The last hundred backfills of a pipeline, newest first',
    answers: { 200: ok('BackfillList', 'They, with their partitions.'), ...NO_PIPELINE, ...COMMON },
  },
  getBackfill: {
    method: 'GET',
    path: 'backfills/{backfillId}',
    role: 'Reader',
    topic: 'Backfills',
    summary: 'One backfill, live',
    answers: { 200: ok('Backfill', 'The backfill as it stands now.'), ...NO_BACKFILL, ...COMMON },
  },
  pauseBackfill: {
    method: 'POST',
    path: 'backfills/{backfillId}/pause',
    role: 'Operator',
    topic: 'Backfills',
    summary: 'Starts no further runs until it is resumed; those that run go on',
    answers: { 202: ok('Backfill', 'It is asked to.'), ...NO_BACKFILL, 409: refusal('It is over.'), ...COMMON },
  },
  resumeBackfill: {
    method: 'POST',
    path: 'backfills/{backfillId}/resume',
    role: 'Operator',
    topic: 'Backfills',
    summary: 'Goes on after a pause',
    answers: { 202: ok('Backfill', 'It is asked to.'), ...NO_BACKFILL, 409: refusal('It is over.'), ...COMMON },
  },
  cancelBackfill: {
    method: 'POST',
    path: 'backfills/{backfillId}/cancel',
    role: 'Operator',
    topic: 'Backfills',
    summary: 'Starts no further runs and cancels those that run',
    answers: { 202: ok('Backfill', 'It is asked to.'), ...NO_BACKFILL, 409: refusal('It is over.'), ...COMMON },
  },
} as const satisfies Record<string, Route>;
