import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { cancel } from '../../../orchestrations/activities/cancel.ts';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import { isFinal } from '../../../shared/status.ts';
import type { Edge } from '../../edge.ts';
import { requireRun } from '../require.ts';
import { HttpProblem } from '../http-problem.ts';

/** Asks a run to stop. */
export async function cancelRun(edge: Edge, durable: DurablePort, request: HttpRequest): Promise<HttpResponseInit> {
  const { runId, status } = await requireRun(edge, request.params.runId);
  if (isFinal(status)) {
    const hint = `There is nothing to stop. To run it again: POST /api/runs/${runId}/rerun.`;
    throw new HttpProblem(409, `${runId} is over: it ${status.toLowerCase()}.`, hint);
  }
  await cancel(edge, durable, runId);
  return { status: 202, jsonBody: { runId, cancelling: true } };
}
