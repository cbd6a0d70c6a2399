import { cancelRun } from './cancel-run.ts';
import type { Edge } from './edge.ts';
import { health } from './health.ts';
import { openApiDocument } from './openapi.ts';
import { predict } from './predict.ts';
import { promoteModel } from './promote-model.ts';
import { getArrivals } from './read-arrivals.ts';
import { getModel, listModels } from './read-models.ts';
import { getPipeline, listPipelines } from './read-pipelines.ts';
import { getRunDocument } from './read-run-document.ts';
import { getRun, listRuns } from './read-runs.ts';
import { reviewRun } from './review-run.ts';
import type { OperationId } from './routes.ts';
import type { Handle } from './serve.ts';
import { postRun } from './start-run.ts';

/** What each route does. */
export function createHandlers(edge: Edge, topicUrl: string): Record<OperationId, Handle> {
  return {
    health: () => health(edge, topicUrl),
    getOpenApi: async () => ({ jsonBody: openApiDocument() }),
    listPipelines: () => listPipelines(edge),
    getPipeline: (request) => getPipeline(edge, request),
    postRun: (request, durable) => postRun(edge, durable(), request),
    listRuns: (request, durable) => listRuns(edge, durable(), request),
    getRun: (request, durable) => getRun(edge, durable(), request),
    getRunDocument: (request) => getRunDocument(edge, request),
    reviewRun: (request, durable) => reviewRun(edge, durable(), request),
    cancelRun: (request, durable) => cancelRun(edge, durable(), request),
    listModels: (request) => listModels(edge, request),
    getModel: (request, durable) => getModel(edge, durable(), request),
    promoteModel: (request, durable) => promoteModel(edge, durable(), request),
    predict: (request) => predict(edge, request),
    getArrivals: (request) => getArrivals(edge, request),
  };
}
