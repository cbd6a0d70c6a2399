import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import { sha256 } from '../sha256.ts';
import { insertedNow, type OpenTable } from './table.ts';

/** A version of a file that arrived in the landing zone. `at` is ISO 8601, `size` bytes. */
export interface Arrival {
  path: string;
  eTag: string;
  size: number;
  at: string;
  /** It completes a batch and is not data itself. */
  marker: boolean;
}

/** Table Arrivals: each version of each file once, and the batch that took it. */
export interface Arrivals {
  /** Adds an arrival; false when this version of the file is known. */
  add(pipeline: string, arrival: Arrival): Promise<boolean>;
  /** Arrivals that no batch has taken, at most `limit`. */
  waiting(pipeline: string, limit: number): Promise<Arrival[]>;
  /** Marks arrivals as taken by a batch; those taken already stay as they are. */
  claim(pipeline: string, arrivals: Pick<Arrival, 'path' | 'eTag'>[], batchId: string): Promise<void>;
}

/** Rows of one transaction. https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const TRANSACTION_LIMIT = 100;

interface Row extends Arrival {
  /** Empty while the arrival waits. */
  batchId: string;
}

/** Arrivals behind Table storage. */
export function createArrivals(open: OpenTable): Arrivals {
  const table: TableClient = open('Arrivals');
  const key = ({ path, eTag }: Pick<Arrival, 'path' | 'eTag'>) => sha256(`${path}\n${eTag}`);
  return {
    add(pipeline, arrival) {
      return insertedNow(() =>
        table.createEntity({ partitionKey: pipeline, rowKey: key(arrival), ...arrival, batchId: '' }),
      );
    },
    async waiting(pipeline, limit) {
      const filter = odata`PartitionKey eq ${pipeline} and batchId eq ''`;
      const found: Arrival[] = [];
      for await (const { path, eTag, size, at, marker } of table.listEntities<Row>({ queryOptions: { filter } })) {
        found.push({ path, eTag, size, at, marker });
        if (found.length >= limit) break;
      }
      return found;
    },
    async claim(pipeline, arrivals, batchId) {
      for (let start = 0; start < arrivals.length; start += TRANSACTION_LIMIT) {
        const actions = arrivals
          .slice(start, start + TRANSACTION_LIMIT)
          .map((arrival): TransactionAction => [
            'update',
            { partitionKey: pipeline, rowKey: key(arrival), batchId },
            'Merge',
          ]);
        await table.submitTransaction(actions);
      }
    },
  };
}
