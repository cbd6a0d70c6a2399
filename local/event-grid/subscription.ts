import type { GridEvent } from './event-shapes.ts';

/** Which events a subscription wants. https://learn.microsoft.com/azure/event-grid/event-filtering */
export interface Filter {
  subjectBeginsWith?: string;
  subjectEndsWith?: string;
  includedEventTypes?: string[];
  advanced?: { operatorType: 'StringIn'; key: string; values: string[] }[];
}

/** Who gets the events of a topic, and in what way. */
export interface Subscription {
  name: string;
  topic: string;
  endpoint: string;
  filter: Filter;
  schema: 'EventGridSchema' | 'CloudEventSchemaV1_0';
  maxDeliveryAttempts: number;
  eventTimeToLiveInMinutes: number;
  /** Takes an event that is given up; without it such an event is dropped. */
  deadLetter?: (record: Record<string, unknown>) => Promise<void>;
}

/** Whether a filter lets an event through; text is compared without regard to case, as Event Grid does. */
export function wants(filter: Filter, event: GridEvent): boolean {
  const { subjectBeginsWith = '', subjectEndsWith = '', includedEventTypes, advanced = [] } = filter;
  const subject = lower(event.subject ?? '');
  const type = lower(event.eventType ?? event.type);
  return (
    subject.startsWith(lower(subjectBeginsWith)) &&
    subject.endsWith(lower(subjectEndsWith)) &&
    (includedEventTypes === undefined || includedEventTypes.map(lower).includes(type)) &&
    advanced.every(({ key, values }) => values.map(lower).includes(lower(valueAt(event, key))))
  );
}

function valueAt(event: GridEvent, key: string): unknown {
  return key.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event);
}

function lower(value: unknown): string {
  return String(value).toLowerCase();
}
