import type { EventGridEvent, InvocationContext } from '@azure/functions';
import { z } from 'zod';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import type { Edge } from '../edge.ts';
import { jobResultCreated } from '../events/job-result-created.ts';
import { landingBlobCreated } from '../events/landing-blob-created.ts';

/** Letters of one pass; the rest comes with the next one, a minute later. */
const LETTERS_AT_ONCE = 100;
const RESULTS = '/blobServices/default/containers/runs/';

/** https://learn.microsoft.com/azure/event-grid/manage-event-delivery */
const letter = z
  .array(z.looseObject({ subject: z.string(), eventType: z.string(), eventTime: z.string(), data: z.looseObject({}) }))
  .min(1);

/**
 * Takes events that could not be delivered as if they came now, and puts them away once they are recorded: after a crash
 * they are taken again, which changes nothing. What is no event is put aside, what fails stays for the next pass.
 */
export async function replayDeadLetters(edge: Edge, durable: DurablePort, context: InvocationContext): Promise<void> {
  const { deadLetters } = edge.clients;
  for (const path of await deadLetters.waiting(LETTERS_AT_ONCE)) {
    const content = await deadLetters.read(path);
    if (content === undefined) continue;
    const events = eventsOf(content);
    if (!events) {
      await deadLetters.putAway(path, 'unreadable');
      context.error(`Dead letter ${path} holds no events: it lies in deadletter/unreadable now`);
      continue;
    }
    try {
      for (const event of events) await take(edge, durable, event, context);
    } catch (error) {
      context.error(`Dead letter ${path} could not be replayed, and is tried again: ${String(error)}`);
      continue;
    }
    await deadLetters.putAway(path, 'replayed');
    context.warn(`Sweep: replayed ${events.map(({ subject }) => subject).join(', ')}, which could not be delivered`);
  }
}

function eventsOf(content: string): EventGridEvent[] | undefined {
  try {
    const parsed = letter.safeParse(JSON.parse(content));
    return parsed.success ? (parsed.data as unknown as EventGridEvent[]) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function take(edge: Edge, durable: DurablePort, event: EventGridEvent, context: InvocationContext): Promise<void> {
  return event.subject.startsWith(RESULTS)
    ? jobResultCreated(durable, event, context)
    : landingBlobCreated(edge, durable, event, context);
}
