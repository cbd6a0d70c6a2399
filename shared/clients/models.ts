import { odata, type TableEntityResult } from '@azure/data-tables';
import { newestFirstKey } from '../names.ts';
import type { ModelFacts, ModelNotes, ModelVersion } from '../run.ts';
import { isStatus } from './is-status.ts';
import { absent } from './absent.ts';
import { insertedNow, type OpenTable } from './table.ts';

/** What a pipeline's aliases point to. */
export interface Aliases {
  /** Version that serves. */
  champion?: string;
  /** Image that serves it, by digest: what a roll back goes to. */
  championImage?: string;
  /** Newest version that is on its way to become the champion. */
  challenger?: string;
  /** What holds the claim on a rollout that is under way: the id of a run or of a promotion by hand. */
  rollout?: string;
}

/** Table Models: immutable versions, newest first, and one row of aliases a pipeline. */
export interface Models {
  /** Adds a version; one that is there already stays as it is. */
  add(model: ModelFacts): Promise<void>;
  /** Adds what was learnt of a version later; what it is stays as it was written. */
  note(pipeline: string, version: string, notes: Partial<ModelNotes>): Promise<void>;
  get(pipeline: string, version: string): Promise<ModelVersion | undefined>;
  /** Versions, newest first, at most `top` of them, and only those that are older than a given one. */
  list(pipeline: string, top?: number, olderThan?: string): Promise<ModelVersion[]>;
  aliases(pipeline: string): Promise<Aliases>;
  /** Changes the aliases by what `change` makes of them, once, against every other writer; undefined refuses. */
  move(pipeline: string, change: (now: Aliases) => Aliases | undefined): Promise<Aliases | undefined>;
}

const ALIASES = 'aliases';
const ATTEMPTS = 5;

/** A row: the facts as one document, and each later note as a property of its own, so that notes merge. */
interface Row {
  document: string;
  notes_status?: string;
  notes_gate?: string;
  notes_review?: string;
  notes_image?: string;
}

/** Models behind Table storage. */
export function createModels(open: OpenTable): Models {
  const table = open('Models');
  const readAliases = (pipeline: string) => absent(() => table.getEntity<{ document: string }>(pipeline, ALIASES));
  return {
    async add(model) {
      const keys = { partitionKey: model.pipeline, rowKey: newestFirstKey(model.version) };
      await insertedNow(() => table.createEntity({ ...keys, document: JSON.stringify(model) }));
    },
    async note(pipeline, version, notes) {
      const properties = Object.entries(notes).map(([name, value]) => [`notes_${name}`, JSON.stringify(value)]);
      const keys = { partitionKey: pipeline, rowKey: newestFirstKey(version) };
      await table.updateEntity({ ...keys, ...Object.fromEntries(properties) }, 'Merge');
    },
    async get(pipeline, version) {
      const found = await absent(() => table.getEntity<Row>(pipeline, newestFirstKey(version)));
      return found && parse(found);
    },
    async list(pipeline, top = Infinity, olderThan = '') {
      // Versions begin with a digit and so sort before the aliases.
      const after = newestFirstKey(olderThan);
      const filter = odata`PartitionKey eq ${pipeline} and RowKey gt ${after} and RowKey lt ${ALIASES}`;
      const found: ModelVersion[] = [];
      for await (const entity of table.listEntities<Row>({ queryOptions: { filter } })) {
        found.push(parse(entity));
        if (found.length >= top) break;
      }
      return found;
    },
    async aliases(pipeline) {
      const found = await readAliases(pipeline);
      return found ? (JSON.parse(found.document) as Aliases) : {};
    },
    async move(pipeline, change) {
      for (let attempt = 1; ; attempt++) {
        const found = await readAliases(pipeline);
        const next = change(found ? (JSON.parse(found.document) as Aliases) : {});
        if (!next) return undefined;
        const row = { partitionKey: pipeline, rowKey: ALIASES, document: JSON.stringify(next) };
        try {
          if (found) await table.updateEntity(row, 'Replace', { etag: found.etag });
          else await table.createEntity(row);
          return next;
        } catch (error) {
          if (!isStatus(error, 409, 412) || attempt === ATTEMPTS) throw error;
        }
      }
    },
  };
}

function parse(row: TableEntityResult<Row>): ModelVersion {
  const notes = Object.entries(row)
    .filter(([name]) => name.startsWith('notes_'))
    .map(([name, value]) => [name.slice('notes_'.length), JSON.parse(String(value)) as unknown]);
  const facts = JSON.parse(row.document) as ModelFacts;
  return { ...facts, status: 'Candidate', ...(Object.fromEntries(notes) as Partial<ModelNotes>) };
}
