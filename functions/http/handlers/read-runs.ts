import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import type { Edge } from '../../edge.ts';
import { requirePipeline, requireRun } from '../require.ts';
import { query } from '../http-problem.ts';
import { runsQuery } from '../schemas/request-schemas.ts';
import { runView } from '../views/run-view.ts';

/** Lists runs, newest first. */
export async function listRuns(edge: Edge, durable: DurablePort, request: HttpRequest): Promise<HttpResponseInit> {
  const { pipeline, status, top, continuation } = query(request, runsQuery);
  const pipelines =
    pipeline === undefined ? [...edge.pipelines().pipelines.keys()] : [requirePipeline(edge, pipeline).name];
  const page = await edge.clients.runs.list({
    pipelines,
    top,
    ...(status !== undefined && { status }),
    ...(continuation !== undefined && { continuation }),
  });
  const value = await Promise.all(page.value.map((run) => runView(edge, durable, run)));
  return { jsonBody: { ...page, value } };
}

/** Shows one run. */
export async function getRun(edge: Edge, durable: DurablePort, request: HttpRequest): Promise<HttpResponseInit> {
  return { jsonBody: await runView(edge, durable, await requireRun(edge, request.params.runId)) };
}
