import { odata, type TableEntityResult } from '@azure/data-tables';
import { newestFirstKey, parseRunId } from '../names.ts';
import { sha256 } from '../sha256.ts';
import type { Run } from '../run.ts';
import { isFinal, mayBecome, type RunStatus } from '../status.ts';
import { absent } from './absent.ts';
import { isStatus } from './is-status.ts';
import { openRuns } from './open-runs.ts';
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
  /**
   * Changes what the row says of the run to what `change` makes of it, once, against every other writer; undefined leaves
   * it. A status changes only as RUN_TRANSITIONS has it, and a cancellation that was asked for is kept.
   */
  move(runId: string, change: (now: Run | undefined) => Run | undefined): Promise<void>;
  list(query: RunQuery): Promise<{ value: Run[]; continuation?: string }>;
  /** The runs of a pipeline that are not over, newest first. */
  open(pipeline: string): Promise<Run[]>;
  requestCancel(runId: string): Promise<void>;
  cancelRequested(runId: string): Promise<boolean>;
  /** The run or backfill that a request key stands for: this one when the key is new. */
  claimKey(
    scope: KeyScope,
    pipeline: string,
    key: string,
    claim: { runId: string; body: string },
  ): Promise<{ runId: string; body: string }>;
}

/** What an Idempotency-Key is for: one of a run says nothing of backfills. */
export type KeyScope = 'run' | 'backfill';

const ATTEMPTS = 5;

interface Row {
  status: string;
  document: string;
  cancelRequested?: boolean;
}

/** Runs behind Table storage. */
export function createRuns(open: OpenTable, now: () => Date = () => new Date()): Runs {
  const table = open('Runs');
  const row = (run: Run) => ({ ...keyOf(run.runId), status: run.status, document: JSON.stringify(run) });
  const find = (runId: string) => {
    const { partitionKey, rowKey } = keyOf(runId);
    return absent(() => table.getEntity<Row>(partitionKey, rowKey));
  };
  const index = openRuns<Run>(
    table,
    keyOf,
    {
      async find(runId) {
        const found = await find(runId);
        if (!found) return undefined;
        const run = JSON.parse(found.document) as Run;
        return isFinal(run.status) ? 'over' : run;
      },
      async lookThrough(pipeline) {
        const filter = odata`PartitionKey eq ${pipeline} and (status eq 'Pending' or status eq 'Running')`;
        const found: string[] = [];
        for await (const { document } of table.listEntities<Row>({ queryOptions: { filter } }))
          found.push((JSON.parse(document) as Run).runId);
        return found;
      },
    },
    now,
  );
  const create = async (run: Run) => {
    if (!isFinal(run.status)) await index.note(run.pipeline, keyOf(run.runId).rowKey, run.runId);
    await table.createEntity(row(run));
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
    add: (run) => insertedNow(() => create(run)),
    async get(runId) {
      if (!parseRunId(runId)) return undefined;
      const found = await find(runId);
      return found && (JSON.parse(found.document) as Run);
    },
    async move(runId, change) {
      for (let attempt = 1; ; attempt++) {
        const found = await find(runId);
        const now = found && (JSON.parse(found.document) as Run);
        const next = change(now);
        if (!next) return;
        if (now && now.status !== next.status && !mayBecome(now.status, next.status)) {
          throw new Error(`${runId} is ${now.status} and cannot become ${next.status}`);
        }
        try {
          if (found) await table.updateEntity(row(next), 'Merge', { etag: found.etag });
          else await create(next);
          return;
        } catch (error) {
          if (!isStatus(error, 409, 412) || attempt === ATTEMPTS) throw error;
        }
      }
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
    open: (pipeline) => index.list(pipeline),
    async requestCancel(runId) {
      await table.updateEntity({ ...keyOf(runId), cancelRequested: true }, 'Merge');
    },
    async cancelRequested(runId) {
      return (await find(runId))?.cancelRequested === true;
    },
    async claimKey(scope, pipeline, key, claim) {
      const partitionKey = `key:${scope}:${pipeline}`;
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
