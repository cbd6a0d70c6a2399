import { odata } from '@azure/data-tables';
import type { SourceState } from '../sources/source-state.ts';
import { absent } from './absent.ts';
import { insertedNow, type OpenTable } from './table.ts';

/** Table Sources: what was seen of each source of each pipeline. */
export interface Sources {
  get(pipeline: string, source: string): Promise<SourceState | undefined>;
  list(pipeline: string): Promise<SourceState[]>;
  /** Adds a source that was never met; one that is there stays as it is. */
  add(pipeline: string, state: SourceState): Promise<void>;
  /** Replaces what is known. Only the one collection of a source that runs at a time writes. */
  save(pipeline: string, state: SourceState): Promise<void>;
}

interface Row {
  status: string;
  document: string;
}

/** Sources behind Table storage. */
export function createSources(open: OpenTable): Sources {
  const table = open('Sources');
  const row = (pipeline: string, state: SourceState) => ({
    partitionKey: pipeline,
    rowKey: state.name,
    status: state.status,
    document: JSON.stringify(state),
  });
  const parse = ({ document }: Pick<Row, 'document'>) => JSON.parse(document) as SourceState;
  return {
    async get(pipeline, source) {
      const found = await absent(() => table.getEntity<Row>(pipeline, source));
      return found && parse(found);
    },
    async list(pipeline) {
      const filter = odata`PartitionKey eq ${pipeline}`;
      const found: SourceState[] = [];
      for await (const entity of table.listEntities<Row>({ queryOptions: { filter } })) found.push(parse(entity));
      return found;
    },
    async add(pipeline, state) {
      await insertedNow(() => table.createEntity(row(pipeline, state)));
    },
    async save(pipeline, state) {
      await table.upsertEntity(row(pipeline, state), 'Replace');
    },
  };
}
