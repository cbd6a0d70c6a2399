import { isDeepStrictEqual } from 'node:util';
import {
  compareFields,
  fieldSetOf,
  fromFieldsV1,
  mergeFields,
  pathText,
  removeFields,
  toFieldsV1,
  withParents,
} from './field-sets.ts';
import type { FieldSet } from './field-sets.ts';
import type { JsonObject, KubeObject, ManagedFieldsEntry } from './kube-object.ts';
import type { Schema } from './schema.ts';
import { StatusError } from './status-error.ts';

/** Who writes: one entry of metadata.managedFields belongs to each. */
export type Writer = Pick<ManagedFieldsEntry, 'manager' | 'operation' | 'apiVersion'> & { subresource?: string };

type Owned = ManagedFieldsEntry & { fields: FieldSet };

const SYSTEM = [
  'name',
  'namespace',
  'creationTimestamp',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
];

/** What of an object can be owned through this endpoint: not its identity, and its status only through /status. */
function ownable(object: JsonObject, subresource: string | undefined): JsonObject {
  const { metadata, status, ...rest } = object;
  const own = Object.entries(metadata as JsonObject).filter(([field]) => !SYSTEM.includes(field));
  const meta = { metadata: Object.fromEntries(own) };
  if (subresource === 'status') return status === undefined ? meta : { ...meta, status };
  const { apiVersion: _version, kind: _kind, ...fields } = rest;
  return { ...fields, ...meta };
}

const isSame = (entry: ManagedFieldsEntry, writer: Writer) =>
  entry.manager === writer.manager &&
  entry.operation === writer.operation &&
  entry.apiVersion === writer.apiVersion &&
  entry.subresource === writer.subresource;

const decode = (object: KubeObject): Owned[] =>
  (object.metadata.managedFields ?? []).map((entry) => ({ ...entry, fields: fromFieldsV1(entry.fieldsV1) }));

const without = (fields: FieldSet, ...others: FieldSet[]): FieldSet =>
  new Set([...fields].filter((field) => !others.some((other) => other.has(field))));

/** The owners after a create, update or patch: the writer takes what changed, whoever had it. */
export function ownersAfterUpdate(
  schema: Schema,
  live: KubeObject,
  next: KubeObject,
  writer: Writer,
  now: string,
): ManagedFieldsEntry[] {
  const { added, modified, removed } = compareFields(
    schema,
    ownable(live, writer.subresource),
    ownable(next, writer.subresource),
  );
  const owners = decode(live);
  const mine = owners.find((entry) => isSame(entry, writer));
  const others = owners.filter((entry) => entry !== mine);
  if (added.size + modified.size + removed.size === 0) return encode(owners);
  const fields = without(new Set([...(mine?.fields ?? []), ...added, ...modified]), removed);
  return encode([
    ...others.map((entry) => ({ ...entry, fields: without(entry.fields, added, modified, removed) })),
    { ...writer, time: now, fieldsType: 'FieldsV1', fieldsV1: {}, fields },
  ]);
}

/** Server-side apply: merges, removes what the writer had applied before and nobody else owns, and finds conflicts. */
export function applyConfiguration(
  schema: Schema,
  live: KubeObject,
  config: KubeObject,
  writer: Writer,
  force: boolean,
  now: string,
): KubeObject {
  const { subresource } = writer;
  const owners = decode(live);
  const mine = owners.find((entry) => isSame(entry, writer));
  const fields = without(fieldSetOf(schema, ownable(config, subresource)), new Set(['f:metadata']));
  const others = owners.filter((entry) => entry !== mine);
  const kept = withParents(['f:metadata', ...others.flatMap((entry) => [...entry.fields]), ...fields]);
  const merged = mergeFields(schema, live, { ...ownable(config, subresource) }) as KubeObject;
  const result = removeFields(schema, merged, without(withParents(mine?.fields ?? []), kept)) as KubeObject;
  const { added, modified, removed } = compareFields(schema, ownable(live, subresource), ownable(result, subresource));
  const taken = new Set([...added, ...modified]);
  if (!force) refuseConflicts(others, taken);
  const isChanged = taken.size + removed.size > 0;
  const time = isChanged || isDeepStrictEqual(mine?.fields, fields) ? (isChanged ? now : mine?.time) : undefined;
  result.metadata.managedFields = encode([
    ...others.map((entry) => ({ ...entry, fields: without(entry.fields, taken, removed) })),
    { ...writer, ...(time ? { time } : {}), fieldsType: 'FieldsV1', fieldsV1: {}, fields },
  ]);
  return result;
}

function refuseConflicts(others: Owned[], taken: FieldSet): void {
  const conflicts = others
    .map((entry) => ({
      owner: ownerText(entry),
      paths: [...entry.fields]
        .filter((f) => taken.has(f))
        .map(pathText)
        .sort(),
    }))
    .filter(({ paths }) => paths.length > 0);
  const causes = conflicts.flatMap(({ owner, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })),
  );
  if (causes.length === 0) return;
  const texts = conflicts.map(({ owner, paths }) =>
    paths.length === 1
      ? `conflict with ${owner}: ${paths[0]}`
      : `conflicts with ${owner}:\n${paths.map((path) => `- ${path}`).join('\n')}`,
  );
  const count = `${causes.length} conflict${causes.length > 1 ? 's' : ''}`;
  throw new StatusError(409, 'Conflict', `Apply failed with ${count}: ${texts.join('\n')}`, { causes });
}

const ownerText = ({ manager, operation, apiVersion, subresource }: Writer) =>
  `"${manager}"${subresource ? ` with subresource "${subresource}"` : ''}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;

function encode(owners: Owned[]): ManagedFieldsEntry[] {
  const order = ({ operation, time = '', manager, subresource = '' }: Owned) =>
    [operation, time, manager, subresource].join('\n');
  return owners
    .filter(({ fields }) => fields.size > 0)
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .map(({ manager, operation, apiVersion, time, subresource, fields }) => ({
      manager,
      operation,
      apiVersion,
      ...(time ? { time } : {}),
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource ? { subresource } : {}),
    }));
}
