import { odata, type TableEntityResult } from '@azure/data-tables';
import { newestFirstKey, parseRunId } from '../names.ts';
import { sha256 } from '../sha256.ts';
import type { Run } from '../run.ts';
import type { RunStatus } from '../status.ts';
import { absent } from './absent.ts';
import { insertedNow, type OpenTable } from './table.ts';

export interface RunQuery {
  pipelines: string[];
  status?: RunStatus;
  top: number;
  /** Where the page before ended. */
  continuation?: string;
}

/** Table Runs: one row a run, newest first, and one a request with an Idempotency-Key. */
export interface Runs {
  /** Adds a run; false when it is there already. Only who added it may start it. */
  add(run: Run): Promise<boolean>;
  get(runId: string): Promise<Run | undefined>;
  /** Replaces what the row says of the run; a cancellation that was asked for is kept. */
  save(run: Run): Promise<void>;
  list(query: RunQuery): Promise<{ value: Run[]; continuation?: string }>;
  requestCancel(runId: string): Promise<void>;
  cancelRequested(runId: string): Promise<boolean>;
  /** The run that a request key stands for: this one when the key is new. */
  claimKey(
    pipeline: string,
    key: string,
    claim: { runId: string; body: string },
  ): Promise<{ runId: string; body: string }>;
}

interface Row {
  status: string;
  document: string;
  cancelRequested?: boolean;
}

/** Runs behind Table storage. */
export function createRuns(open: OpenTable): Runs {
  const table = open('Runs');
  const row = (run: Run) => ({ ...keyOf(run.runId), status: run.status, document: JSON.stringify(run) });
  const find = (runId: string) => {
    const { partitionKey, rowKey } = keyOf(runId);
    return absent(() => table.getEntity<Row>(partitionKey, rowKey));
  };
  const page = async (pipeline: string, { status, top, continuation }: RunQuery) => {
    const conditions = [odata`PartitionKey eq ${pipeline}`];
    if (status) conditions.push(odata`status eq ${status}`);
    if (continuation) conditions.push(odata`RowKey gt ${continuation}`);
    const found: TableEntityResult<Row>[] = [];
    for await (const entity of table.listEntities<Row>({ queryOptions: { filter: conditions.join(' and ') } })) {
      found.push(entity);
      if (found.length > top) break;
    }
    return found;
  };

  return {
    add: (run) => insertedNow(() => table.createEntity(row(run))),
    async get(runId) {
      if (!parseRunId(runId)) return undefined;
      const found = await find(runId);
      return found && (JSON.parse(found.document) as Run);
    },
    async save(run) {
      await table.upsertEntity(row(run), 'Merge');
    },
    async list(query) {
      const pages = await Promise.all(query.pipelines.map((pipeline) => page(pipeline, query)));
      const rows = pages.flat().sort((a, b) => (String(a.rowKey) < String(b.rowKey) ? -1 : 1));
      const shown = rows.slice(0, query.top);
      const last = shown.at(-1)?.rowKey;
      return {
        value: shown.map(({ document }) => JSON.parse(document) as Run),
        ...(rows.length > shown.length && last !== undefined && { continuation: last }),
      };
    },
    async requestCancel(runId) {
      await table.updateEntity({ ...keyOf(runId), cancelRequested: true }, 'Merge');
    },
    async cancelRequested(runId) {
      return (await find(runId))?.cancelRequested === true;
    },
    async claimKey(pipeline, key, claim) {
      const partitionKey = `key:${pipeline}`;
      const rowKey = sha256(key);
      await insertedNow(() => table.createEntity({ partitionKey, rowKey, ...claim }));
      const { runId, body } = await table.getEntity<{ runId: string; body: string }>(partitionKey, rowKey);
      return { runId, body };
    },
  };
}

function keyOf(runId: string): { partitionKey: string; rowKey: string } {
  const parsed = parseRunId(runId);
  if (!parsed) throw new Error(`${JSON.stringify(runId)} is no run id`);
  return { partitionKey: parsed.pipeline, rowKey: newestFirstKey(parsed.batchId) };
}
