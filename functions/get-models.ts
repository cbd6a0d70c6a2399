import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { requirePipeline, type Edge } from './edge.ts';

/** Lists a pipeline's model versions, newest first, and what its aliases point to. */
export async function getModels(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { name } = requirePipeline(edge, request.params.pipeline);
  const [{ champion }, value] = await Promise.all([edge.clients.models.aliases(name), edge.clients.models.list(name)]);
  return { jsonBody: { aliases: { ...(champion && { champion }) }, value } };
}
