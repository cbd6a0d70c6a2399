import { odata } from '@azure/data-tables';
import { newestFirstKey } from '../names.ts';
import type { ModelVersion } from '../run.ts';
import { isStatus } from './is-status.ts';
import { absent } from './absent.ts';
import { insertedNow, type OpenTable } from './table.ts';

/** What a pipeline's aliases point to. */
export interface Aliases {
  /** Version that serves. */
  champion?: string;
  /** Image that serves it, by digest: what a roll back goes to. */
  championImage?: string;
  /** Run whose rollout is under way. */
  rollout?: string;
}

/** Table Models: immutable versions, newest first, and one row of aliases a pipeline. */
export interface Models {
  /** Adds a version; one that is there already stays as it is. */
  add(model: ModelVersion): Promise<void>;
  get(pipeline: string, version: string): Promise<ModelVersion | undefined>;
  list(pipeline: string): Promise<ModelVersion[]>;
  aliases(pipeline: string): Promise<Aliases>;
  /** Changes the aliases by what `change` makes of them, once, against every other writer; undefined refuses. */
  move(pipeline: string, change: (now: Aliases) => Aliases | undefined): Promise<Aliases | undefined>;
}

const ALIASES = 'aliases';
const ATTEMPTS = 5;

/** Models behind Table storage. */
export function createModels(open: OpenTable): Models {
  const table = open('Models');
  const readAliases = (pipeline: string) => absent(() => table.getEntity<{ document: string }>(pipeline, ALIASES));
  return {
    async add(model) {
      const keys = { partitionKey: model.pipeline, rowKey: newestFirstKey(model.version) };
      await insertedNow(() => table.createEntity({ ...keys, document: JSON.stringify(model) }));
    },
    async get(pipeline, version) {
      const found = await absent(() => table.getEntity<{ document: string }>(pipeline, newestFirstKey(version)));
      return found && (JSON.parse(found.document) as ModelVersion);
    },
    async list(pipeline) {
      // Versions begin with a digit and so sort before the aliases.
      const filter = odata`PartitionKey eq ${pipeline} and RowKey lt ${ALIASES}`;
      const found: ModelVersion[] = [];
      for await (const { document } of table.listEntities<{ document: string }>({ queryOptions: { filter } })) {
        found.push(JSON.parse(document) as ModelVersion);
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
