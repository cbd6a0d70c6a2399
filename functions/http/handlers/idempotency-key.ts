import { randomUUID } from 'node:crypto';
import type { HttpRequest } from '@azure/functions';
import type { KeyScope } from '../../../shared/clients/runs.ts';
import { batchId, runIdOf } from '../../../shared/names.ts';
import { sha256 } from '../../../shared/sha256.ts';
import type { Edge } from '../../edge.ts';
import { HttpProblem } from '../http-problem.ts';

/** What a request with an Idempotency-Key starts. */
export interface Claim {
  /** Keys of runs and of backfills stand apart. */
  scope: KeyScope;
  pipeline: string;
  /** The same key with another body is refused. */
  body: unknown;
  now: Date;
}

/** The id of what a request starts: a fresh one, or the one that its Idempotency-Key stood for from the first time on. */
export async function claimIdempotencyKey(
  edge: Pick<Edge, 'clients'>,
  http: HttpRequest,
  { scope, pipeline, body, now }: Claim,
): Promise<string> {
  const fresh = runIdOf(pipeline, batchId(now, randomUUID()));
  const key = http.headers.get('idempotency-key');
  if (key === null) return fresh;
  const digest = sha256(JSON.stringify(body));
  const first = await edge.clients.runs.claimKey(scope, pipeline, key, { runId: fresh, body: digest });
  if (first.body === digest) return first.runId;
  const facts = scope === 'run' ? { runId: first.runId } : {};
  throw new HttpProblem(409, `Idempotency-Key ${key} was used with another body.`, 'Use a new key.', facts);
}
