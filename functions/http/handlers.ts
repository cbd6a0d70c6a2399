import { askBackfill, getBackfill, listBackfills } from './handlers/backfills.ts';
import { cancelRun } from './handlers/cancel-run.ts';
import { postCollect } from './handlers/collect.ts';
import type { Edge } from '../edge.ts';
import { health } from './handlers/health.ts';
import { openApiDocument } from './openapi.ts';
import { predict } from './handlers/predict.ts';
import { promoteModel } from './handlers/promote-model.ts';
import { getArrivals } from './handlers/read-arrivals.ts';
import { getRunLog } from './handlers/read-log.ts';
import { getModelDocument } from './handlers/read-model-document.ts';
import { getModel, listModels } from './handlers/read-models.ts';
import { getPipeline, listPipelines } from './handlers/read-pipelines.ts';
import { getQuarantine } from './handlers/read-quarantine.ts';
import { getRunDocument } from './handlers/read-run-document.ts';
import { getSourceLog } from './handlers/read-source-log.ts';
import { getRun, listRuns } from './handlers/read-runs.ts';
import { getWaiting } from './handlers/read-waiting.ts';
import { rerunRun } from './handlers/rerun-run.ts';
import { reviewRun } from './handlers/review-run.ts';
import type { OperationId } from './routes.ts';
import type { Handle } from './serve.ts';
import { postBackfill } from './handlers/post-backfill.ts';
import { postRun } from './handlers/post-run.ts';

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
