import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import { collectionId, ORCHESTRATIONS } from '../../../shared/names.ts';
import { missingSetting } from '../../../shared/sources/source.ts';
import type { Edge } from '../../edge.ts';
import { requirePipeline, requireSource } from '../require.ts';
import { HttpProblem, jsonBody } from '../http-problem.ts';
import { collectRequest } from '../schemas/source-schemas.ts';

/** Looks at a pipeline's sources now, or at one of them, whether they are due or not; what runs already goes on. */
export async function postCollect(edge: Edge, durable: DurablePort, request: HttpRequest): Promise<HttpResponseInit> {
  const declared = requirePipeline(edge, request.params.pipeline);
  const { name: pipeline, sources } = declared;
  const { source: wanted } = await jsonBody(request, collectRequest);
  if (sources.length === 0) {
    throw new HttpProblem(409, `${pipeline} has no sources.`, 'Declare them in its pipeline.yaml, or drop files.');
  }
  const asked = wanted === undefined ? sources : [requireSource(declared, wanted)];
  const value = [];
  for (const source of asked) {
    const isReady = missingSetting(source, (name) => edge.setting(name)) === undefined;
    const input = { pipeline, source: source.name, byHand: true };
    if (isReady) await durable.start(ORCHESTRATIONS.collection, collectionId(pipeline, source.name), input);
    value.push({ source: source.name, status: isReady ? 'Running' : 'NotConfigured' });
  }
  const statusUrl = new URL(`/api/pipelines/${pipeline}`, request.url).toString();
  return { status: 202, headers: { location: statusUrl }, jsonBody: { value, statusUrl } };
}
