import type { Clients } from '../../shared/clients/clients.ts';
import type { Batch } from '../../shared/run.ts';

/**
 * Claims those arrivals that still wait and that a run reads though no collector gave them to it, so that the next batch
 * leaves them out; older versions of the same files too, since there is nothing left of them to read. A version whose
 * event has not come yet has no row to claim.
 */
export async function claimWaiting(
  { arrivals }: Pick<Clients, 'arrivals'>,
  { pipeline, batchId, files }: Batch,
): Promise<void> {
  const read = new Map(files.map(({ path, eTag }) => [path, eTag]));
  const waiting = (await arrivals.waiting(pipeline, Infinity)).filter(({ path }) => read.has(path));
  const readAt = new Map(waiting.filter(({ path, eTag }) => read.get(path) === eTag).map(({ path, at }) => [path, at]));
  const taken = waiting.filter(({ path, at }) => at <= (readAt.get(path) ?? ''));
  await arrivals.claim(pipeline, taken, batchId);
}
