import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { z } from 'zod';
import { runIdOf } from '../shared/names.ts';
import type { Edge } from './edge.ts';
import { parsed } from './http-problem.ts';

const querySchema = z.strictObject({
  path: z
    .string({ error: 'expected a query such as ?path=landing/iris/a.csv' })
    .regex(/^landing\/[^/]/, 'expected a lake path such as landing/iris/a.csv'),
  code: z.string().optional(),
});

/** What became of a file: each version of it that arrived, and the runs and models that saw it, newest first. */
export async function getArrivals(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { path } = parsed(Object.fromEntries(request.query), querySchema);
  const pipelines = [...edge.pipelines().pipelines.keys()];
  const [arrivals, uses] = await Promise.all([
    Promise.all(pipelines.map((pipeline) => arrivalsOf(edge, pipeline, path))),
    Promise.all(pipelines.map((pipeline) => usesOf(edge, pipeline, path))),
  ]);
  return { jsonBody: { path, value: arrivals.flat(), runs: uses.flat() } };
}

async function arrivalsOf(edge: Edge, pipeline: string, path: string) {
  const found = await edge.clients.arrivals.ofPath(pipeline, path);
  return found.map(({ eTag, size, at, batchId }) => ({
    pipeline,
    eTag,
    size,
    at,
    ...(batchId ? { batchId, runId: runIdOf(pipeline, batchId) } : { waiting: true }),
  }));
}

async function usesOf(edge: Edge, pipeline: string, path: string) {
  const batches = await edge.clients.arrivals.batchesOf(pipeline, path);
  return Promise.all(
    batches.map(async ({ batchId, eTag }) => {
      const runId = runIdOf(pipeline, batchId);
      const [run, model] = await Promise.all([
        edge.clients.runs.get(runId),
        edge.clients.models.get(pipeline, batchId),
      ]);
      const modelFacts = model && { modelVersion: model.version, modelStatus: model.status };
      return { pipeline, runId, eTag, ...(run && { status: run.status }), ...modelFacts };
    }),
  );
}
