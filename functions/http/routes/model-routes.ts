import { modelsQuery } from '../schemas/request-schemas.ts';
import { locationHeader, versionHeader, ok, refusal, COMMON, NO_PIPELINE, BAD_QUERY } from './answers.ts';
import type { Route } from './route.ts';

/** Routes about model versions, and the one that serves. */
export const MODEL_ROUTES = {
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
} as const satisfies Record<string, Route>;
