import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Edge } from '../../edge.ts';
import { requirePipeline } from '../require.ts';
import { query } from '../http-problem.ts';
import { waitingQuery } from '../schemas/request-schemas.ts';

/** Lists files that arrived and that no batch has taken yet, oldest first. */
export async function getWaiting(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { name } = requirePipeline(edge, request.params.pipeline);
  const { top } = query(request, waitingQuery);
  const waiting = await edge.clients.arrivals.waiting(name, top);
  return { jsonBody: { value: waiting.sort((a, b) => a.at.localeCompare(b.at)) } };
}
