import type { InvocationContext } from '@azure/functions';
import { startDueCollections } from '../../orchestrations/activities/due-collections.ts';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import type { Edge } from '../edge.ts';

/** Every minute: starts the collection of what is due, and says what it did. */
export async function collectDue(
  edge: Edge,
  durable: DurablePort,
  context: Pick<InvocationContext, 'info' | 'warn'>,
  now = new Date(),
): Promise<void> {
  const { started, interrupted } = await startDueCollections(edge, durable, now);
  if (started.length > 0) context.info(`Started ${started.join(', ')}, which was due`);
  if (interrupted.length > 0) context.warn(`Closed ${interrupted.join(', ')}, whose orchestration had ended`);
}
