import type { EventGridEvent, InvocationContext } from '@azure/functions';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { awaitId, LOOK_NOW, parseResultPath } from '../../shared/names.ts';
import { fileWritten } from '../../shared/storage-event.ts';

/** Takes the event of a job's result.json and tells the run's wait to look now; the wait may be over already. */
export async function jobResultCreated(
  durable: DurablePort,
  event: EventGridEvent,
  context: InvocationContext,
): Promise<void> {
  const written = fileWritten(event);
  if ('ignored' in written) return context.debug(`Ignored ${event.subject}: ${written.ignored}`);
  const job = parseResultPath(written.path);
  if (!job) return context.warn(`${written.path} is no result of a job`);
  await durable.raise(awaitId(job.runId, job.stage, job.attempt), LOOK_NOW, { path: written.path });
}
