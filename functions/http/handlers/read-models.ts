import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { readJson } from '../../../orchestrations/activities/context.ts';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import type { RolloutOutcome } from '../../../orchestrations/rollout.ts';
import { promotionId } from '../../../shared/names.ts';
import type { Batch, ModelVersion } from '../../../shared/run.ts';
import type { Edge } from '../../edge.ts';
import { requireModel, requirePipeline } from '../require.ts';
import { query } from '../http-problem.ts';
import type { Promotion } from '../schemas/model-schemas.ts';
import { modelsQuery } from '../schemas/request-schemas.ts';

/** Lists a pipeline's model versions, newest first, and what its aliases point to. */
export async function listModels(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { name } = requirePipeline(edge, request.params.pipeline);
  const { top, continuation } = query(request, modelsQuery);
  const { models } = edge.clients;
  const [aliases, found] = await Promise.all([models.aliases(name), models.list(name, top + 1, continuation)]);
  const { champion, challenger } = aliases;
  const value = found.slice(0, top);
  const last = found.length > top ? value.at(-1) : undefined;
  return {
    jsonBody: {
      aliases: { ...(champion && { champion }), ...(challenger && { challenger }) },
      value,
      ...(last && { continuation: last.version }),
    },
  };
}

/** Shows one version with its whole lineage, and how its last promotion by hand stands. */
export async function getModel(edge: Edge, durable: DurablePort, request: HttpRequest): Promise<HttpResponseInit> {
  const { name } = requirePipeline(edge, request.params.pipeline);
  const model = await requireModel(edge, name, request.params.version);
  const [batch, promotion] = await Promise.all([
    readJson<Batch>(edge.clients, model.lineage.batch),
    promotionOf(durable, model),
  ]);
  const lineage = { ...model.lineage, files: batch?.files ?? [] };
  return { jsonBody: { ...model, lineage, ...(promotion && { promotion }) } };
}

async function promotionOf(durable: DurablePort, { runId }: ModelVersion): Promise<Promotion | undefined> {
  const instance = await durable.status(promotionId(runId));
  if (!instance) return undefined;
  if (!instance.over) {
    const { waitingFor } = (instance.customStatus ?? {}) as { waitingFor?: string };
    return { status: 'Running', ...(waitingFor && { waitingFor }) };
  }
  if (instance.failed !== undefined) {
    return { status: 'Failed', error: { reason: 'OrchestrationFailed', message: instance.failed } };
  }
  const outcome = instance.output as RolloutOutcome;
  if (outcome.result !== 'Failed') return { status: 'Succeeded' };
  const { reason, message, hint } = outcome;
  return { status: 'Failed', error: { reason, message, ...(hint && { hint }) } };
}
