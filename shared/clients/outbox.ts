import { odata } from '@azure/data-tables';
import { eventIdentity, type LifecycleEvent } from '../lifecycle-events.ts';
import { sha256 } from '../sha256.ts';
import { absent } from './absent.ts';
import type { Events } from './events.ts';
import type { OpenTable } from './table.ts';

/** Lifecycle events that never hold up or fail what they tell of: those that the topic did not take wait in a table. */
export interface Outbox extends Events {
  /** Publishes what waits, oldest first; answers how many were published. Throws when the topic still takes none. */
  flush(): Promise<number>;
}

const PARTITION = 'outbox';
const AT_ONCE = 100;

interface Row {
  document: string;
  at: string;
}

/** An outbox in table Runs before a topic. */
export function createOutbox(open: OpenTable, topic: Events, now: () => Date = () => new Date()): Outbox {
  const table = open('Runs');
  return {
    async publish(event) {
      try {
        await topic.publish(event);
      } catch {
        // Whatever kept the topic from taking it, the sweep tries again, and its error then reaches the log.
        const rowKey = sha256(eventIdentity(event).id);
        const document = JSON.stringify(event);
        await table.upsertEntity({ partitionKey: PARTITION, rowKey, document, at: now().toISOString() }, 'Replace');
      }
    },
    async flush() {
      const waiting: { rowKey: string; at: string; event: LifecycleEvent }[] = [];
      const filter = odata`PartitionKey eq ${PARTITION}`;
      for await (const { rowKey = '', at, document } of table.listEntities<Row>({ queryOptions: { filter } })) {
        waiting.push({ rowKey, at, event: JSON.parse(document) as LifecycleEvent });
        if (waiting.length >= AT_ONCE) break;
      }
      for (const { rowKey, event } of waiting.sort((a, b) => a.at.localeCompare(b.at))) {
        await topic.publish(event);
        await absent(() => table.deleteEntity(PARTITION, rowKey));
      }
      return waiting.length;
    },
  };
}
