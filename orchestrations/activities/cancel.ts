import { LOOK_NOW, REVIEW_DECIDED, reviewId } from '../../shared/names.ts';
import type { RunProgress } from '../../shared/run.ts';
import type { ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';

/** Asks a run to stop: every step looks for the request, and a wait is told to look now. */
export async function cancel(
  { clients }: Pick<ActivityContext, 'clients'>,
  durable: DurablePort,
  runId: string,
): Promise<void> {
  await clients.runs.requestCancel(runId);
  const progress = (await durable.status(runId))?.customStatus as RunProgress | null | undefined;
  const child = progress?.child;
  // Each wait listens to one event alone.
  const event = child === reviewId(runId) ? REVIEW_DECIDED : LOOK_NOW;
  if (child) await durable.raise(child, event, { cancel: true });
}
