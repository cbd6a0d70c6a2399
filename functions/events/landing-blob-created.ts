import type { EventGridEvent, InvocationContext } from '@azure/functions';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { collectorId, ORCHESTRATIONS } from '../../shared/names.ts';
import type { Arrival } from '../../shared/clients/arrivals.ts';
import { claims } from '../../shared/pipeline.ts';
import { fileWritten, type FileWritten } from '../../shared/storage-event.ts';
import type { Edge } from '../edge.ts';

const LANDING = 'landing/';

/**
 * Takes one storage event: adds the file's version to the arrivals, once however often the event comes, and makes sure
 * that the pipeline's collector runs. It does no more, as Event Grid waits 30 seconds.
 */
export async function landingBlobCreated(
  edge: Edge,
  durable: DurablePort,
  event: EventGridEvent,
  context: InvocationContext,
): Promise<void> {
  const written = fileWritten(event);
  if ('ignored' in written) return context.debug(`Ignored ${event.subject}: ${written.ignored}`);
  if (!written.path.startsWith(LANDING)) return context.debug(`Ignored ${written.path}: it is not in the landing zone`);

  const path = written.path.slice(LANDING.length);
  const owner = [...edge.pipelines().pipelines.values()].find((pipeline) => claims(pipeline, path) !== undefined);
  if (!owner) return context.warn(`No pipeline claims ${written.path}: it is left alone`);

  const file = await complete(edge, written, claims(owner, path) === 'marker');
  if ('ignored' in file) return context.info(`Ignored ${written.path}: ${file.ignored}`);
  const fresh = await edge.clients.arrivals.add(owner.name, file);
  if (fresh) context.info(`${file.path} (${file.size} bytes) arrived for ${owner.name}`);
  await durable.start(ORCHESTRATIONS.collector, collectorId(owner.name), { pipeline: owner.name });
}

/** Fills in what the event does not tell: a rename carries neither eTag nor size, a copy may not be whole yet. */
async function complete(edge: Edge, written: FileWritten, marker: boolean): Promise<Arrival | { ignored: string }> {
  const { path, eTag, size, at, copied } = written;
  if (eTag !== undefined && size !== undefined && !copied) return { path, eTag, size, at, marker };
  const found = await edge.clients.lake.stat(path);
  if (!found) return { ignored: 'it is gone already' };
  if (found.copyStatus === 'pending') throw new Error(`${path} is still being copied: the event must come again`);
  if (found.copyStatus === 'failed' || found.copyStatus === 'aborted')
    return { ignored: `its copy ${found.copyStatus}` };
  if (found.size === 0 && !marker) return { ignored: 'the file is empty' };
  return { path, eTag: found.eTag, size: found.size, at, marker };
}
