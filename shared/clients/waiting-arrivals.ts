import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import type { Arrival } from './arrivals.ts';
import { isStatus } from './is-status.ts';

/** Of each arrival that no batch has taken a second row, in the same partition and changed together with the first. */
const PREFIX = 'waiting:';
/** First key that comes after all of these. */
const AFTER = 'waiting;';
/** All arrivals are looked through so often, for those of releases that kept no second row. */
const LOOK_THROUGH_MS = 24 * 3_600_000;

/** The row that says when a pipeline's arrivals were looked through: the first of all these, as it has the bare prefix. */
interface LookedThrough {
  lookedThroughAt?: string;
}

/** Arrivals that wait, found by keys alone: what was taken long ago costs nothing. */
export interface WaitingArrivals {
  /** What is done to a table beside the row of an arrival that is added, claimed. */
  added(pipeline: string, rowKey: string, arrival: Arrival): TransactionAction;
  claimed(pipeline: string, rowKey: string): TransactionAction;
  list(pipeline: string, limit: number): Promise<Arrival[]>;
}

/** The rows of arrivals that wait, in the table of all arrivals. */
export function waitingArrivals(table: TableClient, now: () => Date = () => new Date()): WaitingArrivals {
  const row = (partitionKey: string, rowKey: string, { path, eTag, size, at, marker }: Arrival) => ({
    ...{ partitionKey, rowKey: `${PREFIX}${rowKey}` },
    ...{ path, eTag, size, at, marker },
  });

  async function read(pipeline: string, limit: number) {
    const filter = odata`PartitionKey eq ${pipeline} and RowKey ge ${PREFIX} and RowKey lt ${AFTER}`;
    const found: (Arrival & { rowKey: string })[] = [];
    let lookedThroughAt: string | undefined;
    for await (const entity of table.listEntities<Arrival & LookedThrough>({ queryOptions: { filter } })) {
      const { rowKey = '', path, eTag, size, at, marker } = entity;
      if (rowKey === PREFIX) ({ lookedThroughAt } = entity);
      else found.push({ rowKey: rowKey.slice(PREFIX.length), path, eTag, size, at, marker });
      if (found.length >= limit) break;
    }
    return { found, lookedThroughAt };
  }

  /** Adds the second row to arrivals that wait and have none, each unless it is claimed at that moment. */
  async function lookThrough(pipeline: string): Promise<void> {
    const at = now().toISOString();
    const known = new Set((await read(pipeline, Infinity)).found.map(({ rowKey }) => rowKey));
    const filter = odata`PartitionKey eq ${pipeline} and batchId eq ''`;
    for await (const { rowKey = '', etag, ...arrival } of table.listEntities<Arrival>({ queryOptions: { filter } })) {
      if (known.has(rowKey)) continue;
      const unclaimed = { partitionKey: pipeline, rowKey, batchId: '' };
      try {
        await table.submitTransaction([
          ['update', unclaimed, 'Merge', { etag }],
          ['upsert', row(pipeline, rowKey, arrival), 'Replace'],
        ]);
      } catch (error) {
        if (!isStatus(error, 412)) throw error;
      }
    }
    await table.upsertEntity({ partitionKey: pipeline, rowKey: PREFIX, lookedThroughAt: at }, 'Replace');
  }

  return {
    added: (pipeline, rowKey, arrival) => ['create', row(pipeline, rowKey, arrival)],
    claimed: (partitionKey, rowKey) => ['delete', { partitionKey, rowKey: `${PREFIX}${rowKey}` }],
    async list(pipeline, limit) {
      const { found, lookedThroughAt = '' } = await read(pipeline, limit);
      const isOld = lookedThroughAt < new Date(now().getTime() - LOOK_THROUGH_MS).toISOString();
      if (isOld) await lookThrough(pipeline);
      const arrivals = isOld ? (await read(pipeline, limit)).found : found;
      return arrivals.map(({ rowKey: _, ...arrival }) => arrival);
    },
  };
}
