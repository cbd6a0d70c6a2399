import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import { newestFirstKey } from '../names.ts';
import { sha256 } from '../sha256.ts';
import { absent } from './absent.ts';
import { insertedNow, type OpenTable } from './table.ts';
import { waitingArrivals } from './waiting-arrivals.ts';

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
  /** The versions of one file that arrived, each with the batch that took it. */
  ofPath(pipeline: string, path: string): Promise<(Arrival & { batchId?: string })[]>;
  /** Remembers which files a batch holds, however the batch came about. */
  trace(pipeline: string, files: Pick<Arrival, 'path' | 'eTag'>[], batchId: string): Promise<void>;
  /** Batches that hold a file, newest first, each with the version of the file that it holds. */
  batchesOf(pipeline: string, path: string): Promise<{ batchId: string; eTag: string }[]>;
}

/** Rows of one transaction. https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const TRANSACTION_LIMIT = 100;

interface Row extends Arrival {
  /** Empty while the arrival waits. */
  batchId: string;
}

/** Arrivals behind Table storage. */
export function createArrivals(open: OpenTable, now: () => Date = () => new Date()): Arrivals {
  const table: TableClient = open('Arrivals');
  // The path comes first, so that the versions of a file lie side by side and are found without a scan.
  const key = ({ path, eTag }: Pick<Arrival, 'path' | 'eTag'>) => `${sha256(path)}:${sha256(eTag)}`;
  const ofPath = (partition: string, path: string) =>
    odata`PartitionKey eq ${partition} and RowKey ge ${`${sha256(path)}:`} and RowKey lt ${`${sha256(path)};`}`;
  const waiting = waitingArrivals(table, now);
  const submit = async (actions: TransactionAction[]) => {
    for (let start = 0; start < actions.length; start += TRANSACTION_LIMIT) {
      await table.submitTransaction(actions.slice(start, start + TRANSACTION_LIMIT));
    }
  };
  return {
    add(pipeline, arrival) {
      const rowKey = key(arrival);
      return insertedNow(() =>
        table.submitTransaction([
          ['create', { partitionKey: pipeline, rowKey, ...arrival, batchId: '' }],
          waiting.added(pipeline, rowKey, arrival),
        ]),
      );
    },
    waiting: (pipeline, limit) => waiting.list(pipeline, limit),
    async claim(pipeline, arrivals, batchId) {
      const rowKeys = arrivals.map(key);
      const taken = (rowKey: string): TransactionAction => [
        'update',
        { partitionKey: pipeline, rowKey, batchId },
        'Merge',
      ];
      const both = (rowKey: string) => [taken(rowKey), waiting.claimed(pipeline, rowKey)];
      for (let start = 0; start < rowKeys.length; start += TRANSACTION_LIMIT / 2) {
        const some = rowKeys.slice(start, start + TRANSACTION_LIMIT / 2);
        // Where one does not wait any more, as after a crash in the middle, each is claimed by itself.
        if (await absent(() => table.submitTransaction(some.flatMap(both)))) continue;
        for (const rowKey of some) {
          const isTaken = await absent(() => table.submitTransaction(both(rowKey)));
          if (!isTaken) await table.submitTransaction([taken(rowKey)]);
        }
      }
    },
    async ofPath(pipeline, path) {
      const found: (Arrival & { batchId?: string })[] = [];
      for await (const row of table.listEntities<Row>({ queryOptions: { filter: ofPath(pipeline, path) } })) {
        const { eTag, size, at, marker, batchId } = row;
        found.push({ path, eTag, size, at, marker, ...(batchId && { batchId }) });
      }
      return found.sort((a, b) => b.at.localeCompare(a.at));
    },
    async trace(pipeline, files, batchId) {
      const row = ({ path, eTag }: Pick<Arrival, 'path' | 'eTag'>) => ({
        partitionKey: traces(pipeline),
        rowKey: `${sha256(path)}:${newestFirstKey(batchId)}`,
        batchId,
        eTag,
      });
      await submit(files.map((file): TransactionAction => ['upsert', row(file), 'Replace']));
    },
    async batchesOf(pipeline, path) {
      const found: { batchId: string; eTag: string }[] = [];
      const filter = ofPath(traces(pipeline), path);
      for await (const { batchId, eTag } of table.listEntities<Row>({ queryOptions: { filter } })) {
        found.push({ batchId, eTag });
      }
      return found;
    },
  };
}

function traces(pipeline: string): string {
  return `trace:${pipeline}`;
}
