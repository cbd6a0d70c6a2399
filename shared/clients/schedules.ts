import { absent } from './absent.ts';
import type { OpenTable } from './table.ts';

/** The last time at which a pipeline's schedule was due, ISO 8601, and the run that it was to start. */
export interface LastTick {
  at: string;
  /** Absent where there were no files to run over. */
  runId?: string;
  /** How far folders were covered before that run; absent in rows of older releases. */
  covered?: string;
}

/** What schedules have done, in table Runs: one row a pipeline. */
export interface Schedules {
  last(pipeline: string): Promise<LastTick | undefined>;
  keep(pipeline: string, tick: LastTick): Promise<void>;
}

const ROW = 'last';

/** Schedules behind Table storage. */
export function createSchedules(open: OpenTable): Schedules {
  const table = open('Runs');
  const partition = (pipeline: string) => `schedule:${pipeline}`;
  return {
    async last(pipeline) {
      const found = await absent(() => table.getEntity<LastTick>(partition(pipeline), ROW));
      if (!found) return undefined;
      const { at, runId, covered } = found;
      return { at, ...(runId && { runId }), ...(covered && { covered }) };
    },
    async keep(pipeline, tick) {
      await table.upsertEntity({ partitionKey: partition(pipeline), rowKey: ROW, ...tick }, 'Replace');
    },
  };
}
