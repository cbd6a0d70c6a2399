import { odata } from '@azure/data-tables';
import type { Backfill, Wish } from '../backfill.ts';
import { newestFirstKey, parseRunId } from '../names.ts';
import { absent } from './absent.ts';
import type { Lake } from './lake.ts';
import { insertedNow, type OpenTable } from './table.ts';

/** Backfills: what people want of them in table Runs, and all else as a document of the lake, since there may be much. */
export interface Backfills {
  /** Adds a backfill; one that is there already stays as it is. */
  add(backfill: Backfill): Promise<void>;
  get(backfillId: string): Promise<Backfill | undefined>;
  /** Replaces what is known of it; what a person wants of it is kept. */
  save(backfill: Backfill): Promise<void>;
  /** A pipeline's backfills, newest first; of those alone that are not over if asked. */
  list(pipeline: string, options?: { open?: boolean; top?: number }): Promise<Backfill[]>;
  ask(backfillId: string, wish: Wish): Promise<void>;
  wish(backfillId: string): Promise<Wish>;
}

interface Row {
  backfillId: string;
  status: string;
  wish: Wish;
}

/** Backfills behind Table storage and the lake. */
export function createBackfills(open: OpenTable, lake: Lake): Backfills {
  const table = open('Runs');
  const read = async (backfillId: string) => {
    const content = await lake.read(pathOf(backfillId));
    return content?.length ? (JSON.parse(content.toString('utf8')) as Backfill) : undefined;
  };
  const write = (backfill: Backfill, options?: { ifAbsent: boolean }) =>
    lake.write(pathOf(backfill.backfillId), JSON.stringify(backfill), options);
  return {
    async add(backfill) {
      await write(backfill, { ifAbsent: true });
      const { backfillId, status } = backfill;
      await insertedNow(() => table.createEntity({ ...keyOf(backfillId), backfillId, status, wish: 'go on' }));
    },
    async get(backfillId) {
      return parseRunId(backfillId) && read(backfillId);
    },
    async save(backfill) {
      await write(backfill);
      await table.updateEntity({ ...keyOf(backfill.backfillId), status: backfill.status }, 'Merge');
    },
    async list(pipeline, { open: isOpen = false, top = 100 } = {}) {
      const conditions = [odata`PartitionKey eq ${partition(pipeline)}`];
      if (isOpen) conditions.push(odata`(status eq 'Running' or status eq 'Paused')`);
      const ids: string[] = [];
      for await (const row of table.listEntities<Row>({ queryOptions: { filter: conditions.join(' and ') } })) {
        ids.push(row.backfillId);
        if (ids.length >= top) break;
      }
      return (await Promise.all(ids.map(read))).flatMap((found) => found ?? []);
    },
    async ask(backfillId, wish) {
      await table.updateEntity({ ...keyOf(backfillId), wish }, 'Merge');
    },
    async wish(backfillId) {
      const { partitionKey, rowKey } = keyOf(backfillId);
      return (await absent(() => table.getEntity<Row>(partitionKey, rowKey)))?.wish ?? 'go on';
    },
  };
}

function partition(pipeline: string): string {
  return `backfill:${pipeline}`;
}

function idOf(backfillId: string): { pipeline: string; batchId: string } {
  const parsed = parseRunId(backfillId);
  if (!parsed) throw new Error(`${JSON.stringify(backfillId)} is no id of a backfill`);
  return parsed;
}

function keyOf(backfillId: string): { partitionKey: string; rowKey: string } {
  const { pipeline, batchId } = idOf(backfillId);
  return { partitionKey: partition(pipeline), rowKey: newestFirstKey(batchId) };
}

function pathOf(backfillId: string): string {
  return `runs/${idOf(backfillId).pipeline}/backfills/${backfillId}.json`;
}
