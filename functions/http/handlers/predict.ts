import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { busiestRevision, revisionState } from '../../../shared/jobs/revision-state.ts';
import { REVISION_LABEL } from '../../../shared/clients/predictor.ts';
import type { Answer } from '../../../shared/clients/request.ts';
import { LABELS } from '../../../shared/names.ts';
import type { Edge } from '../../edge.ts';
import { requirePipeline } from '../require.ts';
import { HttpProblem } from '../http-problem.ts';

const MESSAGE_LIMIT = 1_000;

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
  if (answer.status >= 300) throw refused(name, answer);
  return {
    status: answer.status,
    headers: {
      'content-type': answer.contentType,
      'x-model-version': pod?.metadata?.labels?.[LABELS.version] ?? champion,
    },
    body: answer.body,
  };
}

/** What a predictor says of a request that it cannot take, and anything else that went wrong on the way to it. */
function refused(name: string, { status, body }: Answer): HttpProblem {
  const said = messageIn(body).slice(0, MESSAGE_LIMIT);
  return status === 400 || status === 422
    ? new HttpProblem(400, `The model cannot take this: ${said}`, `See what predictor.py of ${name} reads.`)
    : new HttpProblem(502, `The predictor of ${name} answered ${status}: ${said}`, 'See the log of its pod.');
}

/** KServe names it `error`, FastAPI `detail`, and the API server on the way `message`. */
function messageIn(body: string): string {
  try {
    const { error, detail, message } = JSON.parse(body) as Record<string, unknown>;
    const said = error ?? detail ?? message ?? body;
    return typeof said === 'string' ? said : JSON.stringify(said);
  } catch {
    return body;
  }
}
