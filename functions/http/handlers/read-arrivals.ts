import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { newestFirstKey, runIdOf } from '../../../shared/names.ts';
import type { Edge } from '../../edge.ts';
import { query } from '../http-problem.ts';
import { arrivalsQuery } from '../schemas/request-schemas.ts';

/** What became of a file: each version of it that arrived, and the runs and models that saw it, newest first. */
export async function getArrivals(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { path, top, continuation = '0' } = query(request, arrivalsQuery);
  const pipelines = [...edge.pipelines().pipelines.keys()];
  const [arrivals, uses] = await Promise.all([
    Promise.all(pipelines.map((pipeline) => arrivalsOf(edge, pipeline, path))),
    Promise.all(pipelines.map((pipeline) => usesOf(edge, pipeline, path))),
  ]);
  const value = arrivals.flat().sort((a, b) => b.at.localeCompare(a.at));
  const runs = uses.flat().sort((a, b) => (a.key < b.key ? -1 : 1));
  const from = Number(continuation);
  const to = from + top;
  return {
    jsonBody: {
      path,
      value: value.slice(from, to),
      runs: await Promise.all(runs.slice(from, to).map((use) => useView(edge, use))),
      ...(Math.max(value.length, runs.length) > to && { continuation: String(to) }),
    },
  };
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

interface Use {
  pipeline: string;
  batchId: string;
  eTag: string;
  /** Sorts the newest batch first. */
  key: string;
}

async function usesOf(edge: Edge, pipeline: string, path: string): Promise<Use[]> {
  const batches = await edge.clients.arrivals.batchesOf(pipeline, path);
  return batches.map(({ batchId, eTag }) => ({ pipeline, batchId, eTag, key: newestFirstKey(batchId) }));
}

async function useView(edge: Edge, { pipeline, batchId, eTag }: Use) {
  const runId = runIdOf(pipeline, batchId);
  const [run, model] = await Promise.all([edge.clients.runs.get(runId), edge.clients.models.get(pipeline, batchId)]);
  const modelFacts = model && { modelVersion: model.version, modelStatus: model.status };
  return { pipeline, runId, eTag, ...(run && { status: run.status }), ...modelFacts };
}
