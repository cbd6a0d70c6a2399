import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { activeRun, startRun } from '../orchestrations/activities/collect.ts';
import type { DurablePort } from '../orchestrations/activities/durable-port.ts';
import { batchId, parseRunId, runIdOf, runPaths } from '../shared/names.ts';
import { sha256 } from '../shared/sha256.ts';
import type { Pipeline } from '../shared/pipeline.ts';
import type { Batch } from '../shared/run.ts';
import { requirePipeline, type Edge } from './edge.ts';
import { HttpProblem, jsonBody } from './http-problem.ts';
import { runRequest, type RunRequestBody } from './request-schemas.ts';

/**
 * Starts a run over given files, over a prefix, or over the pipeline's whole landing folder, if asked with other
 * parameters or initial weights than the pipeline declares. The same Idempotency-Key
 * with the same body is the same run; with another body it is refused.
 */
export async function postRun(
  edge: Edge,
  durable: DurablePort,
  request: HttpRequest,
  now = new Date(),
): Promise<HttpResponseInit> {
  const pipeline = requirePipeline(edge, request.params.pipeline);
  const body = await jsonBody(request, runRequest);
  const key = request.headers.get('idempotency-key') ?? undefined;
  const runId = await claimRunId(edge, pipeline.name, key, sha256(JSON.stringify(body)), now);

  if (!(await edge.clients.runs.get(runId))) {
    const active = await activeRun(edge, pipeline.name);
    if (active) {
      const hint = `Wait for it, or cancel it: POST /api/runs/${active.runId}/cancel.`;
      throw new HttpProblem(409, `${pipeline.name} has an active run, ${active.runId}.`, hint, {
        activeRun: active.runId,
      });
    }
    await writeRequest(edge, pipeline.name, runId, body);
    await writeBatch(edge, pipeline, runId, body, now);
    const batch = parseRunId(runId)?.batchId ?? '';
    await startRun(edge, durable, { pipeline: pipeline.name, runId, batchId: batch, startedAt: now.toISOString() });
  }
  const statusUrl = new URL(`/api/runs/${runId}`, request.url).toString();
  return { status: 202, headers: { location: statusUrl }, jsonBody: { runId, statusUrl } };
}

async function claimRunId(
  edge: Edge,
  pipeline: string,
  key: string | undefined,
  body: string,
  now: Date,
): Promise<string> {
  const fresh = runIdOf(pipeline, batchId(now, randomUUID()));
  if (key === undefined) return fresh;
  const claim = await edge.clients.runs.claimKey(pipeline, key, { runId: fresh, body });
  if (claim.body === body) return claim.runId;
  throw new HttpProblem(409, `Idempotency-Key ${key} was used with another body.`, 'Use a new key.', {
    runId: claim.runId,
  });
}

async function writeBatch(
  edge: Edge,
  pipeline: Pipeline,
  runId: string,
  body: RunRequestBody,
  now: Date,
): Promise<void> {
  const files = body.files
    ? await named(edge, [...new Set(body.files)])
    : (await edge.clients.lake.list(body.prefix ?? `landing/${pipeline.landing.prefix}`))
        .filter(({ path, size }) => size > 0 && !/\/[._][^/]*$/.test(path))
        .map(({ path, eTag, size }) => ({ path, eTag, size }));
  if (files.length === 0)
    throw new HttpProblem(422, 'There are no files to run over.', 'Drop a file first, or name others.');
  const batch = parseRunId(runId)?.batchId ?? '';
  const manifest: Batch = { pipeline: pipeline.name, batchId: batch, runId, createdAt: now.toISOString(), files };
  await edge.clients.lake.write(runPaths(pipeline.name, batch).batch, JSON.stringify(manifest, null, 1), {
    ifAbsent: true,
  });
}

/** Keeps what this run is to do other than its pipeline declares, until it is pinned. */
async function writeRequest(edge: Edge, pipeline: string, runId: string, body: RunRequestBody): Promise<void> {
  const { parameters, initialWeights: weights } = body;
  if (parameters === undefined && weights === undefined) return;
  const batch = parseRunId(runId)?.batchId ?? '';
  const request = { ...(parameters && { parameters }), ...(weights && { initialWeights: weights }) };
  await edge.clients.lake.write(runPaths(pipeline, batch).request, JSON.stringify(request), { ifAbsent: true });
}

async function named(edge: Edge, paths: string[]): Promise<Batch['files']> {
  const found = await Promise.all(paths.map((path) => edge.clients.lake.stat(path)));
  const missing = paths.filter((_, index) => !found[index]);
  if (missing.length > 0)
    throw new HttpProblem(422, `There is no ${missing.join(', ')}.`, 'Check the paths.', { missing });
  return found.flatMap((file) => (file ? [{ path: file.path, eTag: file.eTag, size: file.size }] : []));
}
