import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from './kube-object.ts';
import { fieldSchema, itemKey, type Schema } from './schema.ts';

/** Paths of fields, each a list of FieldsV1 elements (`f:name`, `k:{keys}`, `v:value`). */
export type FieldSet = Set<string>;

const SEPARATOR = '\u0000';
const under = (path: string, element: string) => (path ? path + SEPARATOR + element : element);

interface Child {
  element: string;
  schema: Schema;
  value: unknown;
  /** Fields of a struct are owned by what lies in them; keys of a map and items of a list by themselves too. */
  isMember: boolean;
}

/** What lies in a value that is merged piece by piece; undefined when it is owned as a whole. */
function childrenOf(schema: Schema, value: unknown): Child[] | undefined {
  if (isObject(value) && schema['x-kubernetes-map-type'] !== 'atomic') {
    return Object.entries(value).map(([field, child]) => ({
      element: `f:${field}`,
      schema: fieldSchema(schema, field) ?? {},
      value: child,
      isMember: (!schema.properties?.[field] && schema.additionalProperties !== undefined) || isEmpty(child),
    }));
  }
  if (!Array.isArray(value) || !['map', 'set'].includes(schema['x-kubernetes-list-type'] ?? '')) return undefined;
  return value.map((item) => ({
    element: itemKey(schema, item) ?? `v:${JSON.stringify(item)}`,
    schema: schema.items ?? {},
    value: item,
    isMember: true,
  }));
}

const isEmpty = (value: unknown) => value === null || (isObject(value) && Object.keys(value).length === 0);

/** The fields that an applied configuration speaks of. */
export function fieldSetOf(schema: Schema, value: unknown, path = '', found: FieldSet = new Set()): FieldSet {
  const children = childrenOf(schema, value);
  if (!children && path) found.add(path);
  for (const child of children ?? []) {
    if (child.isMember) found.add(under(path, child.element));
    fieldSetOf(child.schema, child.value, under(path, child.element), found);
  }
  return found;
}

export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

/** Which fields two values differ in. */
export function compareFields(schema: Schema, before: unknown, after: unknown): Comparison {
  const found: Comparison = { added: new Set(), modified: new Set(), removed: new Set() };
  walk(schema, before, after, '', found);
  return found;
}

function walk(schema: Schema, before: unknown, after: unknown, path: string, found: Comparison): void {
  if (path && before === undefined) found.added.add(path);
  if (path && after === undefined) found.removed.add(path);
  const old = before === undefined ? [] : childrenOf(schema, before);
  const now = after === undefined ? [] : childrenOf(schema, after);
  if (!old || !now) {
    if (before !== undefined && after !== undefined && !isDeepStrictEqual(before, after)) found.modified.add(path);
    return;
  }
  const oldByElement = new Map(old.map((child) => [child.element, child]));
  const nowByElement = new Map(now.map((child) => [child.element, child]));
  for (const [element, child] of new Map([...oldByElement, ...nowByElement]))
    walk(child.schema, oldByElement.get(element)?.value, nowByElement.get(element)?.value, under(path, element), found);
}

/** Lays an applied configuration over the live value. */
export function mergeFields(schema: Schema, live: unknown, config: unknown): unknown {
  const changes = childrenOf(schema, config);
  const current = childrenOf(schema, live);
  if (!changes || !current || Array.isArray(live) !== Array.isArray(config)) return structuredClone(config);
  const merged = new Map(current.map(({ element, value }) => [element, value]));
  for (const { element, schema: inner, value } of changes)
    merged.set(element, merged.has(element) ? mergeFields(inner, merged.get(element), value) : structuredClone(value));
  return Array.isArray(config)
    ? [...merged.values()]
    : Object.fromEntries([...merged].map(([element, value]) => [element.slice(2), value]));
}

/** The value without the named fields. */
export function removeFields(schema: Schema, value: unknown, remove: FieldSet, path = ''): unknown {
  const children = childrenOf(schema, value);
  if (!children) return value;
  const kept = children
    .filter(({ element }) => !remove.has(under(path, element)))
    .map(
      (child) =>
        [child.element.slice(2), removeFields(child.schema, child.value, remove, under(path, child.element))] as const,
    );
  return Array.isArray(value) ? kept.map(([, item]) => item) : Object.fromEntries(kept);
}

/** The set with everything that the fields lie in. */
export function withParents(fields: Iterable<string>): FieldSet {
  const found: FieldSet = new Set();
  for (const field of fields) {
    const elements = field.split(SEPARATOR);
    elements.forEach((_, i) => found.add(elements.slice(0, i + 1).join(SEPARATOR)));
  }
  return found;
}

/** As metadata.managedFields has it: a tree in which `.` stands for a node that is itself a member. */
export function toFieldsV1(fields: FieldSet): JsonObject {
  const root: JsonObject = {};
  for (const field of [...fields].sort()) {
    let node = root;
    for (const element of field.split(SEPARATOR)) node = (node[element] ??= {}) as JsonObject;
    node['.'] = {};
  }
  return withoutLeafDots(root);
}

function withoutLeafDots(node: JsonObject): JsonObject {
  const names = Object.keys(node).sort();
  if (names.length === 1 && names[0] === '.') return {};
  return Object.fromEntries(names.map((name) => [name, name === '.' ? {} : withoutLeafDots(node[name] as JsonObject)]));
}

export function fromFieldsV1(node: JsonObject, path = '', found: FieldSet = new Set()): FieldSet {
  for (const [element, child] of Object.entries(node)) {
    if (element === '.') found.add(path);
    else if (isEmpty(child)) found.add(under(path, element));
    else fromFieldsV1(child as JsonObject, under(path, element), found);
  }
  return found;
}

/** As conflict messages write it: `.spec.containers[name="main"].image`. */
export const pathText = (field: string): string =>
  field
    .split(SEPARATOR)
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const keys = Object.entries(JSON.parse(element.slice(2)) as JsonObject);
      return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
