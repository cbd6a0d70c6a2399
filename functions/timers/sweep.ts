import type { InvocationContext } from '@azure/functions';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { reconcile } from '../../orchestrations/activities/reconcile.ts';
import type { Edge } from '../edge.ts';
import { replayDeadLetters } from './replay-dead-letters.ts';

/** Every minute: sets right what a crash may have left and takes what could not be delivered, and says what it did. */
export async function sweep(
  edge: Edge,
  durable: DurablePort,
  context: InvocationContext,
  now = new Date(),
): Promise<void> {
  // A lake that cannot be read now must not keep runs from being set right.
  await replayDeadLetters(edge, durable, context).catch((error: unknown) => context.error(`Sweep: ${String(error)}`));
  const { collectors, started, closed, woken, released, published } = await reconcile(edge, durable, now);
  if (collectors.length > 0) context.info(`Sweep: files waited for ${collectors.join(', ')}`);
  if (started.length > 0) context.warn(`Sweep: started ${started.join(', ')}, whose start was lost`);
  if (closed.length > 0) context.warn(`Sweep: closed ${closed.join(', ')}, whose orchestration had ended`);
  if (woken.length > 0) context.warn(`Sweep: told ${woken.join(', ')} that its review is decided`);
  if (released.length > 0) context.warn(`Sweep: undid the rollout of ${released.join(', ')}, which had ended`);
  if (published > 0) context.info(`Sweep: published ${published} lifecycle events that the topic had not taken`);
}
