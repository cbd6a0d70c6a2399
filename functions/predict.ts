import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { busiestRevision, revisionState } from '../shared/jobs/revision-state.ts';
import { REVISION_LABEL } from '../shared/clients/predictor.ts';
import { LABELS } from '../shared/names.ts';
import { requirePipeline, type Edge } from './edge.ts';
import { HttpProblem } from './http-problem.ts';

/** Sends a V1 request to the revision that has the traffic. */
export async function predict(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { name } = requirePipeline(edge, request.params.pipeline);
  const { champion } = await edge.clients.models.aliases(name);
  if (!champion)
    throw new HttpProblem(409, `${name} has no model that serves yet.`, 'Drop data for it and wait for its run.');
  const cluster = edge.clients.cluster('serving');
  const object = await cluster.get('InferenceService', name);
  const revision = object && busiestRevision(revisionState(object));
  if (!revision) throw new HttpProblem(503, `${name} serves on no revision now.`, 'See GET /api/health.');
  const path = `/v1/models/${name}:predict`;
  const [answer, [pod]] = await Promise.all([
    edge.clients.predictor.ask(name, revision, { method: 'POST', path, body: await request.text() }),
    cluster.pods(`${REVISION_LABEL}=${revision}`),
  ]);
  if (!answer) throw new HttpProblem(503, `Revision ${revision} cannot be asked now.`, 'Try again in a moment.');
  return {
    status: answer.status,
    headers: {
      'content-type': answer.contentType,
      'x-model-version': pod?.metadata?.labels?.[LABELS.version] ?? champion,
    },
    body: answer.body,
  };
}
