import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { readJson } from '../../../orchestrations/activities/context.ts';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import { askedFor } from '../../../orchestrations/activities/reuse.ts';
import { runPaths } from '../../../shared/names.ts';
import type { Batch, FirstStage, Run } from '../../../shared/run.ts';
import type { Edge } from '../../edge.ts';
import { requirePipeline, requireRun } from '../require.ts';
import { HttpProblem, jsonBody } from '../http-problem.ts';
import { rerunRequest } from '../schemas/request-schemas.ts';
import { filesAt, startByHand } from './start-by-hand.ts';

/**
 * Repeats a run over the files of its batch, from a stage on: what it did before that stage is taken over. Files are
 * read again only if the run begins with them, and so need be there only then.
 */
export async function rerunRun(
  edge: Edge,
  durable: DurablePort,
  http: HttpRequest,
  now = new Date(),
): Promise<HttpResponseInit> {
  const run = await requireRun(edge, http.params.runId);
  const { name } = requirePipeline(edge, run.pipeline);
  const body = await jsonBody(http, rerunRequest);
  const { fromStage, ...differences } = body;
  await refuseUnfinished(edge, run, fromStage);
  const request = { ...differences, rerun: { of: run.runId, fromStage } };
  const files = async () => {
    const batch = await batchOf(edge, run);
    return fromStage === 'process' ? filesAt(edge, [...new Set(batch.files.map(({ path }) => path))]) : batch.files;
  };
  return startByHand(edge, durable, http, { pipeline: name, body: { of: run.runId, ...body }, request, files }, now);
}

async function refuseUnfinished(edge: Edge, { runId }: Run, fromStage: FirstStage): Promise<void> {
  const found = await askedFor(edge.clients, { of: runId, fromStage });
  if (!('missing' in found)) return;
  throw new HttpProblem(409, found.because, `Rerun it from stage ${found.missing}.`);
}

async function batchOf(edge: Edge, { runId, pipeline, batchId }: Run): Promise<Batch> {
  const batch = await readJson<Batch>(edge.clients, runPaths(pipeline, batchId).batch);
  if (!batch) throw new HttpProblem(409, `${runId} has no batch to run over.`, 'Start a run over files instead.');
  return batch;
}
