import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { filesBelow } from '../../../orchestrations/activities/files-below.ts';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import type { Edge } from '../../edge.ts';
import { requirePipeline } from '../require.ts';
import { jsonBody } from '../http-problem.ts';
import { runRequest } from '../schemas/request-schemas.ts';
import { filesAt, startByHand } from './start-by-hand.ts';

/**
 * Starts a run over given files, over a prefix, or over the pipeline's whole landing folder, if asked other than the
 * pipeline declares. The same Idempotency-Key with the same body is the same run; with another body it is refused.
 */
export async function postRun(
  edge: Edge,
  durable: DurablePort,
  http: HttpRequest,
  now = new Date(),
): Promise<HttpResponseInit> {
  const { name, landing } = requirePipeline(edge, http.params.pipeline);
  const body = await jsonBody(http, runRequest);
  const { files, prefix = `landing/${landing.prefix}`, ...request } = body;
  const find = () => (files ? filesAt(edge, [...new Set(files)]) : filesBelow(edge.clients.lake, prefix));
  return startByHand(edge, durable, http, { pipeline: name, body, request, files: find }, now);
}
