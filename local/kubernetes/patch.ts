import jsonPatch, { type Operation } from 'fast-json-patch';
import { isObject, type JsonObject, type KubeObject } from './kube-object.ts';
import { fieldSchema, itemKey, type Schema } from './schema.ts';
import { StatusError } from './status-error.ts';

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, field);
    else result[field] = mergePatch(result[field], value);
  }
  return result;
}

/** RFC 6902; whatever fails is told in the real server's own, bare words. */
export function applyJsonPatch(target: KubeObject, patch: unknown): KubeObject {
  try {
    return jsonPatch.applyPatch(structuredClone(target), patch as Operation[], true).newDocument;
  } catch {
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

/** Kubernetes' own patch of built-in kinds: lists with a merge key are merged item by item. */
export function strategicMerge(schema: Schema, target: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return mergeList(schema, Array.isArray(target) ? target : [], patch);
  if (!isObject(patch)) return patch;
  const { $patch, ...fields } = patch;
  if ($patch === 'replace') return fields;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(fields)) {
    if (field.startsWith('$deleteFromPrimitiveList/')) {
      const name = field.slice(field.indexOf('/') + 1);
      result[name] = ((result[name] ?? []) as unknown[]).filter((item) => !(value as unknown[]).includes(item));
    } else if (value === null) Reflect.deleteProperty(result, field);
    else if (!field.startsWith('$'))
      result[field] = strategicMerge(fieldSchema(schema, field) ?? {}, result[field], value);
  }
  return result;
}

function mergeList(schema: Schema, target: unknown[], patch: unknown[]): unknown[] {
  const items = patch.filter((item) => !(isObject(item) && item['$patch'] === 'replace'));
  if (!schema['x-kubernetes-list-type'] || items.length < patch.length) return items;
  const merged = new Map(target.map((item) => [mergeKey(schema, item), item]));
  for (const item of items) {
    const key = mergeKey(schema, item);
    if (isObject(item) && item['$patch'] === 'delete') merged.delete(key);
    else merged.set(key, strategicMerge(schema.items ?? {}, merged.get(key), item));
  }
  return [...merged.values()];
}

// A strategic merge knows one key only, where server-side apply may need two (a port and its protocol).
const mergeKey = (schema: Schema, item: unknown) =>
  itemKey({ ...schema, 'x-kubernetes-list-map-keys': schema['x-kubernetes-list-map-keys']?.slice(0, 1) ?? [] }, item);
