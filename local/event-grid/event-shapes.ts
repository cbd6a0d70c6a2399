import { HTTPException } from 'hono/http-exception';
import type { Subscription } from './subscription.ts';

/** An event in the Event Grid schema or as a CloudEvent. */
export type GridEvent = Record<string, unknown> & { id: string };

const REQUIRED = {
  EventGridSchema: ['id', 'subject', 'eventType', 'eventTime', 'dataVersion'],
  CloudEventSchemaV1_0: ['id', 'source', 'type', 'specversion'],
};

/** Which schema an event is in. */
export function schemaOf(event: Record<string, unknown>): Subscription['schema'] {
  return 'specversion' in event ? 'CloudEventSchemaV1_0' : 'EventGridSchema';
}

/** What an event lacks, in words, or nothing. */
export function lacks(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return 'an event is an object';
  const fields = event as Record<string, unknown>;
  const missing = REQUIRED[schemaOf(fields)].filter((name) => typeof fields[name] !== 'string');
  return missing.length > 0 ? `the event has no ${missing.join(', ')}` : undefined;
}

/** An event as a subscription takes it. */
export function shapeFor({ schema, topic }: Subscription, event: GridEvent): GridEvent {
  const from = schemaOf(event);
  if (from === schema) return schema === 'EventGridSchema' ? { topic, metadataVersion: '1', ...event } : event;
  const { id, subject, data } = event;
  if (schema === 'CloudEventSchemaV1_0') {
    const { topic: source = topic, eventType: type, eventTime: time } = event;
    return { id, source, subject, type, time, specversion: '1.0', data };
  }
  const message = 'Event Grid delivers no CloudEvent in the Event Grid schema: subscribe with CloudEventSchemaV1_0';
  throw new HTTPException(400, { message });
}
