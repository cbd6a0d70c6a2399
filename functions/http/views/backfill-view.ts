import { isOver, type Backfill } from '../../../shared/backfill.ts';
import type { Edge } from '../../edge.ts';

/** A backfill as the HTTP API shows it. */
export interface BackfillView extends Backfill {
  /** What keeps it from starting further runs, in words. */
  waitingFor?: string;
}

/** Backfills of one pipeline, each with the reviews that hold it up: a run in review keeps its place in its backfill. */
export async function backfillViews(
  { clients }: Pick<Edge, 'clients'>,
  pipeline: string,
  backfills: Backfill[],
): Promise<BackfillView[]> {
  if (backfills.every(isOver)) return backfills;
  const reviews = await clients.reviews.waiting(pipeline);
  const asked = new Set(reviews.map(({ runId }) => runId));
  return backfills.map((backfill) => {
    const waiting = isOver(backfill) ? [] : backfill.partitions.flatMap(({ runId }) => runId ?? []);
    const runs = waiting.filter((runId) => asked.has(runId));
    return runs.length === 0 ? backfill : { ...backfill, waitingFor: `the review of ${runs.join(', ')}` };
  });
}
