import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import type { DurablePort } from '../orchestrations/activities/durable-port.ts';
import { RUN_STATUSES } from '../shared/status.ts';
import { requirePipeline, requireRun, type Edge } from './edge.ts';
import { parsed } from './http-problem.ts';
import { runView } from './run-view.ts';

const querySchema = z.strictObject({
  pipeline: z.string().optional(),
  status: z.enum(RUN_STATUSES).optional(),
  top: z.coerce.number().int().min(1).max(500).default(50),
  continuation: z.string().max(100).optional(),
  code: z.string().optional(),
});

/** Lists runs, newest first. */
export async function listRuns(edge: Edge, durable: DurablePort, request: HttpRequest): Promise<HttpResponseInit> {
  const { pipeline, status, top, continuation } = parsed(Object.fromEntries(request.query), querySchema);
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
