import { odata, type TableClient } from '@azure/data-tables';
import { absent } from './absent.ts';

/** A row that says that a run may be open; `lookedThroughAt` is in the row of the pipeline alone. */
interface Row {
  runId?: string;
  lookedThroughAt?: string;
  timestamp?: string;
}

/** Key of the row that says when a pipeline's runs were looked through. */
const LOOKED_THROUGH = '!';
/** All runs are looked through so often, for those of releases that kept no such rows. */
const LOOK_THROUGH_MS = 24 * 3_600_000;
/** A row comes before its run: one without a run is left alone for so long. */
const ADDING_MS = 3_600_000;

/** What an index of open runs asks of the runs themselves. */
export interface Lookups<T> {
  /** The run if it is open, `over` if it is not; undefined when there is none. */
  find(runId: string): Promise<T | 'over' | undefined>;
  /** Ids of all open runs of a pipeline, however long that takes. */
  lookThrough(pipeline: string): Promise<string[]>;
}

/** Ids of runs that may be open, in a partition of their own: runs that were over long ago cost nothing. */
export interface OpenRuns<T> {
  /** To be called before a run is added. */
  note(pipeline: string, rowKey: string, runId: string): Promise<void>;
  /** The open runs of a pipeline. */
  list(pipeline: string): Promise<T[]>;
}

/**
 * The index of open runs. A run never opens again, so that a row is written before its run and may be deleted by whoever
 * finds it over: what a crash leaves is at most a row too many.
 */
export function openRuns<T>(
  table: TableClient,
  keyOf: (runId: string) => { rowKey: string },
  { find, lookThrough }: Lookups<T>,
  now: () => Date = () => new Date(),
): OpenRuns<T> {
  const before = (ms: number) => new Date(now().getTime() - ms).toISOString();

  async function read(pipeline: string): Promise<{ rows: Map<string, string>; lookedThroughAt: string }> {
    const rows = new Map<string, string>();
    let lookedThroughAt = '';
    const filter = odata`PartitionKey eq ${partition(pipeline)}`;
    for await (const entity of table.listEntities<Row>({ queryOptions: { filter } })) {
      if (entity.rowKey === LOOKED_THROUGH) lookedThroughAt = entity.lookedThroughAt ?? '';
      else if (entity.runId !== undefined) rows.set(entity.runId, entity.timestamp ?? '');
    }
    return { rows, lookedThroughAt };
  }

  async function complete(pipeline: string, known: Map<string, string>): Promise<string[]> {
    const lookedThroughAt = now().toISOString();
    const missing = (await lookThrough(pipeline)).filter((runId) => !known.has(runId));
    for (const runId of missing) await index.note(pipeline, keyOf(runId).rowKey, runId);
    await table.upsertEntity({ partitionKey: partition(pipeline), rowKey: LOOKED_THROUGH, lookedThroughAt }, 'Replace');
    return missing;
  }

  const index: OpenRuns<T> = {
    async note(pipeline, rowKey, runId) {
      await table.upsertEntity({ partitionKey: partition(pipeline), rowKey, runId }, 'Replace');
    },
    async list(pipeline) {
      const { rows, lookedThroughAt } = await read(pipeline);
      const older = lookedThroughAt < before(LOOK_THROUGH_MS) ? await complete(pipeline, rows) : [];
      const ids = [...rows.keys(), ...older].sort((a, b) => (keyOf(a).rowKey < keyOf(b).rowKey ? -1 : 1));
      const found = await Promise.all(ids.map(async (runId) => ({ runId, run: await find(runId) })));
      for (const { runId, run } of found) {
        const isLost = run === undefined && (rows.get(runId) ?? '') < before(ADDING_MS);
        if (run !== 'over' && !isLost) continue;
        await absent(() => table.deleteEntity(partition(pipeline), keyOf(runId).rowKey));
      }
      return found.flatMap(({ run }) => (run === undefined || run === 'over' ? [] : [run]));
    },
  };
  return index;
}

function partition(pipeline: string): string {
  return `open:${pipeline}`;
}
