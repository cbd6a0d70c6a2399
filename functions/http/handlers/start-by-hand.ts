import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { activeRun } from '../../../orchestrations/activities/collect.ts';
import type { DurablePort } from '../../../orchestrations/activities/durable-port.ts';
import { startRunOver } from '../../../orchestrations/activities/start-run-over.ts';
import { parseRunId } from '../../../shared/names.ts';
import type { Batch, RunRequest } from '../../../shared/run.ts';
import type { Edge } from '../../edge.ts';
import { HttpProblem } from '../http-problem.ts';
import { claimIdempotencyKey } from './idempotency-key.ts';

/** A run that somebody asks for. */
export interface Wish {
  pipeline: string;
  /** The body of the request: the same key with another body is refused. */
  body: unknown;
  /** How the run differs from what its pipeline declares. */
  request: RunRequest;
  /** The files to run over; asked for only if the run is new. */
  files: () => Promise<Batch['files']>;
}

/** Starts a run by hand, once for each Idempotency-Key, and answers where to look how it goes. */
export async function startByHand(
  edge: Edge,
  durable: DurablePort,
  http: HttpRequest,
  wish: Wish,
  now: Date,
): Promise<HttpResponseInit> {
  const { pipeline, body } = wish;
  const runId = await claimIdempotencyKey(edge, http, { scope: 'run', pipeline, body, now });
  if (!(await edge.clients.runs.get(runId))) {
    await refuseBesideActive(edge, pipeline);
    const batch = parseRunId(runId)?.batchId ?? '';
    const files = await wish.files();
    if (files.length === 0)
      throw new HttpProblem(422, 'There are no files to run over.', 'Drop a file first, or name others.');
    await startRunOver(edge, durable, { pipeline, batchId: batch, files, request: wish.request, at: now });
  }
  const statusUrl = new URL(`/api/runs/${runId}`, http.url).toString();
  return { status: 202, headers: { location: statusUrl }, jsonBody: { runId, statusUrl } };
}

async function refuseBesideActive(edge: Edge, pipeline: string): Promise<void> {
  const active = await activeRun(edge, pipeline);
  if (!active) return;
  const hint = `Wait for it, or cancel it: POST /api/runs/${active.runId}/cancel.`;
  throw new HttpProblem(409, `${pipeline} has an active run, ${active.runId}.`, hint, { activeRun: active.runId });
}

/** The files of given lake paths as they are now; refuses those that are not there. */
export async function filesAt(edge: Edge, paths: string[]): Promise<Batch['files']> {
  const found = await Promise.all(paths.map((path) => edge.clients.lake.stat(path)));
  const missing = paths.filter((_, index) => !found[index]);
  if (missing.length > 0)
    throw new HttpProblem(422, `There is no ${missing.join(', ')}.`, 'Check the paths.', { missing });
  return found.flatMap((file) => (file ? [{ path: file.path, eTag: file.eTag, size: file.size }] : []));
}
