import { askBackfill, getBackfill, listBackfills } from './backfills.ts';
import { cancelRun } from './cancel-run.ts';
import { postCollect } from './collect.ts';
import type { Edge } from './edge.ts';
import { health } from './health.ts';
import { openApiDocument } from './openapi.ts';
import { predict } from './predict.ts';
import { promoteModel } from './promote-model.ts';
import { getArrivals } from './read-arrivals.ts';
import { getRunLog } from './read-log.ts';
import { getModelDocument } from './read-model-document.ts';
import { getModel, listModels } from './read-models.ts';
import { getPipeline, listPipelines } from './read-pipelines.ts';
import { getQuarantine } from './read-quarantine.ts';
import { getRunDocument } from './read-run-document.ts';
import { getSourceLog } from './read-source-log.ts';
import { getRun, listRuns } from './read-runs.ts';
import { getWaiting } from './read-waiting.ts';
import { rerunRun } from './rerun-run.ts';
import { reviewRun } from './review-run.ts';
import type { OperationId } from './routes.ts';
import type { Handle } from './serve.ts';
import { postBackfill } from './post-backfill.ts';
import { postRun } from './post-run.ts';

/** What each route does. */
export function createHandlers(edge: Edge): Record<OperationId, Handle> {
  return {
    health: () => health(edge),
    getOpenApi: async () => ({ jsonBody: openApiDocument() }),
    listPipelines: () => listPipelines(edge),
    getPipeline: (request) => getPipeline(edge, request),
    postCollect: (request, durable) => postCollect(edge, durable(), request),
    getSourceLog: (request) => getSourceLog(edge, request),
    postRun: (request, durable) => postRun(edge, durable(), request),
    listRuns: (request, durable) => listRuns(edge, durable(), request),
    getRun: (request, durable) => getRun(edge, durable(), request),
    getRunDocument: (request) => getRunDocument(edge, request),
    getRunLog: (request) => getRunLog(edge, request),
    getQuarantine: (request) => getQuarantine(edge, request),
    rerunRun: (request, durable) => rerunRun(edge, durable(), request),
    reviewRun: (request, durable) => reviewRun(edge, durable(), request),
    cancelRun: (request, durable) => cancelRun(edge, durable(), request),
    postBackfill: (request, durable) => postBackfill(edge, durable(), request),
    listBackfills: (request) => listBackfills(edge, request),
    getBackfill: (request) => getBackfill(edge, request),
    pauseBackfill: (request, durable) => askBackfill(edge, durable(), request, 'pause'),
    resumeBackfill: (request, durable) => askBackfill(edge, durable(), request, 'go on'),
    cancelBackfill: (request, durable) => askBackfill(edge, durable(), request, 'cancel'),
    listModels: (request) => listModels(edge, request),
    getModel: (request, durable) => getModel(edge, durable(), request),
    getModelDocument: (request) => getModelDocument(edge, request),
    promoteModel: (request, durable) => promoteModel(edge, durable(), request),
    predict: (request) => predict(edge, request),
    getWaiting: (request) => getWaiting(edge, request),
    getArrivals: (request) => getArrivals(edge, request),
  };
}
