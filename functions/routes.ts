import { z } from 'zod';
import type { SchemaName } from './api-schemas.ts';
import type { AppRole } from './principal.ts';
import {
  arrivalsQuery,
  DOCUMENTS,
  JOB_STAGES,
  logQuery,
  MODEL_DOCUMENTS,
  modelsQuery,
  quarantineQuery,
  runsQuery,
  waitingQuery,
} from './request-schemas.ts';

/** What a route answers with one status. */
export interface Answer {
  description: string;
  schema: SchemaName;
  headers?: z.ZodObject;
}

/** A route of the HTTP API: how it is registered, and all that its document says of it. */
export interface Route {
  method: 'GET' | 'POST';
  /** Below the host's prefix, as a route template. */
  path: string;
  role: AppRole;
  topic: (typeof TOPICS)[number];
  summary: string;
  description?: string;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: { schema: SchemaName; required: boolean };
  answers: Record<number, Answer>;
}

/** What routes are about, in the order in which a reader meets them. */
export const TOPICS = ['App', 'Pipelines', 'Runs', 'Backfills', 'Models', 'Arrivals'] as const;

/** The parameters that paths have. */
export const PATH_PARAMETERS = z.strictObject({
  pipeline: z.string().meta({ description: 'Name of a pipeline.', examples: ['iris'] }),
  runId: z.string().meta({ description: 'Id of a run.', examples: ['iris-20260301-101502-3fa9c1'] }),
  backfillId: z.string().meta({ description: 'Id of a backfill.', examples: ['iris-20260301-101502-3fa9c1'] }),
  version: z.string().meta({ description: 'A model version.', examples: ['20260301-101502-3fa9c1'] }),
  stage: z.enum(JOB_STAGES).meta({ description: 'A stage that is a job.', examples: ['train'] }),
  document: z.enum([...new Set([...DOCUMENTS, ...Object.keys(MODEL_DOCUMENTS)])]).meta({
    description: 'Name of a document.',
    examples: ['profile'],
  }),
});

const locationHeader = z.strictObject({ location: z.url().describe('Where to look how it goes.') });
const versionHeader = z.strictObject({ 'x-model-version': z.string().describe('Version that answered.') });
const idempotencyKey = z.strictObject({
  'idempotency-key': z.string().optional().describe('The same key with the same body is the same run.'),
});

const ok = (schema: SchemaName, description: string, headers?: z.ZodObject): Answer => ({
  description,
  schema,
  ...(headers && { headers }),
});
const refusal = (description: string): Answer => ({ description, schema: 'Problem' });

/** What any route may answer. */
const GUARDED = {
  401: refusal('Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty.'),
  403: refusal('Who is signed in lacks the app role.'),
};
/** What any route may answer that asks other services. */
const COMMON = { ...GUARDED, 500: refusal('Something failed that nobody foresaw: the detail says what.') };
const NO_PIPELINE = { 404: refusal('There is no such pipeline.'), 409: refusal('Its pipeline.yaml is broken.') };
const NO_RUN = { 404: refusal('There is no such run.') };
const NO_BACKFILL = { 404: refusal('There is no such backfill.') };
const BAD_QUERY = { 400: refusal('The query is not as documented.') };
const BAD_BODY = { 400: refusal('The body is no JSON, or not as documented.') };

/** Every route of the HTTP API by its operation, in the order in which somebody new would try them. */
export const ROUTES = {
  health: {
    method: 'GET',
    path: 'health',
    role: 'Reader',
    topic: 'App',
    summary: 'Every part that the app depends on, what is wrong and what cures it',
    answers: {
      200: ok('Health', 'Everything is well.'),
      ...GUARDED,
      503: ok('Health', 'Something is not.'),
    },
  },
  getOpenApi: {
    method: 'GET',
    path: 'openapi.json',
    role: 'Reader',
    topic: 'App',
    summary: 'This document',
    answers: { 200: ok('OpenApi', 'OpenAPI 3.1.'), ...GUARDED },
  },
  listPipelines: {
    method: 'GET',
    path: 'pipelines',
    role: 'Reader',
    topic: 'Pipelines',
    summary: 'The pipelines; a broken one with what is wrong with it',
    answers: { 200: ok('PipelineList', 'All of them.'), ...COMMON },
  },
  getPipeline: {
    method: 'GET',
    path: 'pipelines/{pipeline}',
    role: 'Reader',
    topic: 'Pipelines',
    summary: 'One pipeline',
    answers: { 200: ok('Pipeline', 'The pipeline.'), ...NO_PIPELINE, ...COMMON },
  },
  postCollect: {
    method: 'POST',
    path: 'pipelines/{pipeline}/collect',
    role: 'Operator',
    topic: 'Pipelines',
    summary: 'Looks at the pipeline’s sources now, or at one of them, due or not',
    description: 'What is new lands and starts a run as any file does; where nothing is new, nothing happens.',
    body: { schema: 'CollectRequest', required: false },
    answers: {
      202: ok('Collecting', 'They are being looked at; the pipeline shows how that goes.', locationHeader),
      ...BAD_BODY,
      404: refusal('There is no such pipeline or source.'),
      409: refusal('It has no sources, or its pipeline.yaml is broken.'),
      ...COMMON,
    },
  },
  postRun: {
    method: 'POST',
    path: 'pipelines/{pipeline}/runs',
    role: 'Operator',
    topic: 'Runs',
    summary: 'Starts a run by hand',
    description:
      'Over given files, over a prefix, or with an empty body over the pipeline’s whole landing folder. Dropping a ' +
      'file starts a run too, without any request.',
    headers: idempotencyKey,
    body: { schema: 'RunRequest', required: false },
    answers: {
      202: ok('RunStarted', 'The run has started.', locationHeader),
      ...BAD_BODY,
      ...NO_PIPELINE,
      409: refusal('A run is active, the key was used with another body, or the pipeline.yaml is broken.'),
      422: refusal('There are no files to run over, or some are not there.'),
      ...COMMON,
    },
  },
  listRuns: {
    method: 'GET',
    path: 'runs',
    role: 'Reader',
    topic: 'Runs',
    summary: 'Runs, newest first',
    query: runsQuery,
    answers: { 200: ok('RunList', 'A page of runs.'), ...BAD_QUERY, ...NO_PIPELINE, ...COMMON },
  },
  getRun: {
    method: 'GET',
    path: 'runs/{runId}',
    role: 'Reader',
    topic: 'Runs',
    summary: 'One run with its stages, live',
    answers: { 200: ok('Run', 'The run as it stands now.'), ...NO_RUN, ...COMMON },
  },
  getRunDocument: {
    method: 'GET',
    path: 'runs/{runId}/documents/{document}',
    role: 'Reader',
    topic: 'Runs',
    summary: 'A document that a run wrote',
    description: 'Its batch, the profile of its data, its data checks, or the drift of its data.',
    answers: {
      200: ok('RunDocument', 'The document as it was written.'),
      404: refusal('There is no such run or document, or not yet.'),
      ...COMMON,
    },
  },
  getRunLog: {
    method: 'GET',
    path: 'runs/{runId}/logs/{stage}',
    role: 'Reader',
    topic: 'Runs',
    summary: 'The last lines of the log of a stage’s job, also while it runs',
    query: logQuery,
    answers: {
      200: ok('RunLog', 'The lines as they are now.'),
      ...BAD_QUERY,
      404: refusal('There is no such run, or the stage has no log.'),
      ...COMMON,
    },
  },
  getQuarantine: {
    method: 'GET',
    path: 'runs/{runId}/quarantine',
    role: 'Reader',
    topic: 'Runs',
    summary: 'Rows that a run has set aside, each with what is wrong with it',
    query: quarantineQuery,
    answers: {
      200: ok('Quarantine', 'The first of them; empty if there are none.'),
      ...BAD_QUERY,
      ...NO_RUN,
      ...COMMON,
    },
  },
  rerunRun: {
    method: 'POST',
    path: 'runs/{runId}/rerun',
    role: 'Operator',
    topic: 'Runs',
    summary: 'Repeats a run over the same files, from a stage on, if asked with other parameters',
    headers: idempotencyKey,
    body: { schema: 'RerunRequest', required: false },
    answers: {
      202: ok('RunStarted', 'Another run has started.', locationHeader),
      ...BAD_BODY,
      404: refusal('There is no such run, or its pipeline is gone.'),
      409: refusal('A run is active, the run never finished what is to be taken over, or the key was used otherwise.'),
      422: refusal('Files of its batch are not there any more.'),
      ...COMMON,
    },
  },
  reviewRun: {
    method: 'POST',
    path: 'runs/{runId}/review',
    role: 'Reviewer',
    topic: 'Runs',
    summary: 'Decides the review that a run waits for: once, and in time',
    body: { schema: 'Decision', required: true },
    answers: {
      202: ok('Review', 'The review as it is now; the run goes on.'),
      ...BAD_BODY,
      ...NO_RUN,
      409: refusal('The run does not wait for a review, or it is decided or too late.'),
      ...COMMON,
    },
  },
  cancelRun: {
    method: 'POST',
    path: 'runs/{runId}/cancel',
    role: 'Operator',
    topic: 'Runs',
    summary: 'Stops a run; nothing of it is left on the clusters',
    answers: { 202: ok('Cancelling', 'It is asked to stop.'), ...NO_RUN, 409: refusal('It is over.'), ...COMMON },
  },
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
  listModels: {
    method: 'GET',
    path: 'models/{pipeline}',
    role: 'Reader',
    topic: 'Models',
    summary: 'Model versions, newest first, and what the aliases point to',
    query: modelsQuery,
    answers: { 200: ok('ModelList', 'A page of versions.'), ...BAD_QUERY, ...NO_PIPELINE, ...COMMON },
  },
  getModel: {
    method: 'GET',
    path: 'models/{pipeline}/{version}',
    role: 'Reader',
    topic: 'Models',
    summary: 'One version with its lineage, and how its last promotion by hand stands',
    answers: {
      200: ok('Model', 'The version.'),
      ...NO_PIPELINE,
      404: refusal('There is no such pipeline or version.'),
      ...COMMON,
    },
  },
  getModelDocument: {
    method: 'GET',
    path: 'models/{pipeline}/{version}/documents/{document}',
    role: 'Reader',
    topic: 'Models',
    summary: 'A document of a version: golden requests, profile of its data, metadata',
    answers: {
      200: ok('ModelDocument', 'The document as it was written.'),
      ...NO_PIPELINE,
      404: refusal('There is no such pipeline, version or document.'),
      ...COMMON,
    },
  },
  promoteModel: {
    method: 'POST',
    path: 'models/{pipeline}/{version}/promote',
    role: 'Operator',
    topic: 'Models',
    summary: 'Sets an earlier version live again, behind its golden requests',
    answers: {
      202: ok('PromotionStarted', 'The rollout has started.', locationHeader),
      404: refusal('There is no such pipeline or version.'),
      409: refusal('It serves already, was never built, or a rollout is under way.'),
      ...COMMON,
    },
  },
  predict: {
    method: 'POST',
    path: 'pipelines/{pipeline}/predict',
    role: 'Reader',
    topic: 'Models',
    summary: 'Asks the model that serves',
    description: 'KServe’s V1 protocol.',
    body: { schema: 'PredictRequest', required: true },
    answers: {
      200: ok('Predictions', 'The predictor’s answer.', versionHeader),
      400: refusal('The model cannot take the request.'),
      ...NO_PIPELINE,
      409: refusal('Nothing serves yet, or the pipeline.yaml is broken.'),
      502: refusal('The predictor failed, or could not be reached.'),
      503: refusal('No pod of the model is ready now.'),
      ...COMMON,
    },
  },
  getWaiting: {
    method: 'GET',
    path: 'pipelines/{pipeline}/waiting',
    role: 'Reader',
    topic: 'Arrivals',
    summary: 'Files that arrived and that no batch has taken yet',
    query: waitingQuery,
    answers: { 200: ok('Waiting', 'They, oldest first.'), ...BAD_QUERY, ...NO_PIPELINE, ...COMMON },
  },
  getArrivals: {
    method: 'GET',
    path: 'arrivals',
    role: 'Reader',
    topic: 'Arrivals',
    summary: 'What became of a file: when it came, and the runs and models that saw it',
    description: 'Pages follow each other from the newest on: what arrives meanwhile may show an item twice.',
    query: arrivalsQuery,
    answers: { 200: ok('Arrivals', 'A page of it; empty for a file that never came.'), ...BAD_QUERY, ...COMMON },
  },
} as const satisfies Record<string, Route>;

/** Name of a route, and of the function that serves it. */
export type OperationId = keyof typeof ROUTES;

/** The routes in their order, as plain pairs. */
export const OPERATIONS = Object.entries(ROUTES) as [OperationId, Route][];
