import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { readPinned } from '../../../orchestrations/activities/context.ts';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import type { RolloutInput } from '../../../orchestrations/rollout.ts';
import { ORCHESTRATIONS, promotionId } from '../../../shared/names.ts';
import type { Edge } from '../../edge.ts';
import { requireModel, requirePipeline } from '../require.ts';
import { HttpProblem } from '../http-problem.ts';

/** Sets an earlier version live again by hand: the same rollout as a run's, golden requests and claim included. */
export async function promoteModel(edge: Edge, durable: DurablePort, request: HttpRequest): Promise<HttpResponseInit> {
  const { name } = requirePipeline(edge, request.params.pipeline);
  const { version, runId, image, status } = await requireModel(edge, name, request.params.version);
  const { champion, rollout } = await edge.clients.models.aliases(name);
  if (champion === version) {
    throw new HttpProblem(409, `${version} is the champion already.`, `GET /api/models/${name} lists the others.`);
  }
  if (rollout !== undefined) {
    throw new HttpProblem(409, `A rollout of ${name} is under way: ${rollout}.`, 'Try again when it is over.');
  }
  if (image === undefined) {
    const hint =
      'Only versions that passed the gate or a review have an image; choose another, or run its files again.';
    throw new HttpProblem(409, `${version} was never built: it is ${status}.`, hint);
  }
  const { pipeline } = await readPinned(edge, runId);
  const holder = promotionId(runId);
  const input: RolloutInput = { runId, holder, byHand: true, image, timeoutMs: pipeline.rollout.timeout };
  if (!(await durable.start(ORCHESTRATIONS.rollout, holder, input))) {
    throw new HttpProblem(409, `${version} is being promoted already.`, 'GET the version to see how it goes.');
  }
  const statusUrl = new URL(`/api/models/${name}/${version}`, request.url).toString();
  return { status: 202, headers: { location: statusUrl }, jsonBody: { pipeline: name, version, statusUrl } };
}
