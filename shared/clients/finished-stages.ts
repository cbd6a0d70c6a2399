import { absent } from './absent.ts';
import type { OpenTable } from './table.ts';

/** A stage's job that succeeded, and what it was compared with. */
export interface FinishedStage {
  runId: string;
  attempt: number;
  /** Version that served when its run began. */
  champion?: string;
}

/** The last success of each stage by its key, in table Runs. */
export interface FinishedStages {
  remember(pipeline: string, key: string, stage: FinishedStage): Promise<void>;
  recall(pipeline: string, key: string): Promise<FinishedStage | undefined>;
}

/** Finished stages behind Table storage. */
export function createFinishedStages(open: OpenTable): FinishedStages {
  const table = open('Runs');
  const partition = (pipeline: string) => `finished:${pipeline}`;
  return {
    async remember(pipeline, key, stage) {
      await table.upsertEntity({ partitionKey: partition(pipeline), rowKey: key, ...stage }, 'Replace');
    },
    async recall(pipeline, key) {
      const found = await absent(() => table.getEntity<FinishedStage>(partition(pipeline), key));
      if (!found) return undefined;
      const { runId, attempt, champion } = found;
      return { runId, attempt, ...(champion && { champion }) };
    },
  };
}
