import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { readJson } from '../orchestrations/activities/context.ts';
import type { DurablePort } from '../orchestrations/activities/durable-port.ts';
import type { RolloutOutcome } from '../orchestrations/rollout.ts';
import { promotionId } from '../shared/names.ts';
import type { Batch, ModelVersion } from '../shared/run.ts';
import { requireModel, requirePipeline, type Edge } from './edge.ts';

/** Lists a pipeline's model versions, newest first, and what its aliases point to. */
export async function listModels(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { name } = requirePipeline(edge, request.params.pipeline);
  const [aliases, value] = await Promise.all([edge.clients.models.aliases(name), edge.clients.models.list(name)]);
  const { champion, challenger } = aliases;
  return { jsonBody: { aliases: { ...(champion && { champion }), ...(challenger && { challenger }) }, value } };
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

interface Promotion {
  status: 'Running' | 'Succeeded' | 'Failed';
  waitingFor?: string;
  error?: { reason: string; message: string; hint?: string };
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
