import { isDeepStrictEqual } from 'node:util';
import { at, isObject, type JsonObject } from './kube-object.ts';
import { cause, type Cause } from './status-error.ts';

/** The subset of OpenAPI v3 that structural schemas of CRDs are written in; built-in kinds use it too. */
export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  required?: string[];
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  nullable?: boolean;
  default?: unknown;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-map-type'?: string;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: { rule: string; message?: string }[];
}

const UNCHANGED = 'self == oldSelf';
const join = (path: string, field: string) => (path ? `${path}.${field}` : field);

/** The schema of one field of an object, if the schema knows it. */
export const fieldSchema = (schema: Schema, field: string): Schema | undefined =>
  schema.properties?.[field] ??
  (isObject(schema.additionalProperties) ? (schema.additionalProperties as Schema) : undefined);

/** Drops unknown fields (and tells their paths) and needless nulls, then fills in defaults. Changes the value. */
export function normalise(schema: Schema, value: unknown, unknown: string[] = [], path = ''): void {
  if (Array.isArray(value)) {
    value.forEach((item, i) => schema.items && normalise(schema.items, item, unknown, `${path}[${i}]`));
    return;
  }
  if (!isObject(value)) return;
  for (const field of Object.keys(value)) normaliseField(schema, value, field, unknown, join(path, field));
  for (const [field, { default: preset }] of Object.entries(schema.properties ?? {})) {
    if (preset === undefined || value[field] !== undefined) continue;
    value[field] = structuredClone(preset);
    normalise(schema.properties?.[field] ?? {}, value[field]);
  }
}

function normaliseField(schema: Schema, parent: JsonObject, field: string, unknown: string[], path: string): void {
  const known = fieldSchema(schema, field);
  const value = parent[field];
  const isMeta = ['apiVersion', 'kind', 'metadata'].includes(path);
  const isFree = schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  if (known && value === null && !known.nullable) Reflect.deleteProperty(parent, field);
  else if (known) normalise(known, value, unknown, path);
  else if (!isMeta && !isFree && schema.type === 'object') {
    unknown.push(path);
    Reflect.deleteProperty(parent, field);
  }
}

/** What is wrong with the value, by its structure. */
export function validate(schema: Schema, value: unknown, path = ''): Cause[] {
  const wrongType = checkType(schema, value, path);
  if (wrongType) return [wrongType];
  return [
    ...(isObject(value) ? checkFields(schema, value, path) : []),
    ...(Array.isArray(value) ? checkItems(schema, value, path) : []),
    ...checkBounds(schema, value, path),
  ];
}

/** Fields that a rule forbids to change, and that did. */
export function checkRules(schema: Schema, value: unknown, old: unknown, path = ''): Cause[] {
  if (value === undefined || old === undefined) return [];
  const rules = isDeepStrictEqual(value, old) ? [] : (schema['x-kubernetes-validations'] ?? []);
  const nested = isObject(value) && isObject(old) ? Object.keys(value) : [];
  return [
    ...rules.map(({ message = `failed rule: ${UNCHANGED}` }) => cause.invalid(path, value, message)),
    ...nested.flatMap((field) =>
      checkRules(fieldSchema(schema, field) ?? {}, at(value, field), at(old, field), join(path, field)),
    ),
  ];
}

const typeOf = (value: unknown) => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
};

// Errors about /status are worded relative to it.
const inBody = (path: string) => `${path.replace(/^status\./, '')} in body`;

function checkType(schema: Schema, value: unknown, path: string): Cause | undefined {
  const actual = typeOf(value);
  if (actual === 'null' && schema.nullable) return undefined;
  const allowed = schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : [];
  if (allowed.length === 0 || allowed.includes(actual) || (schema.type === 'number' && actual === 'integer'))
    return undefined;
  return cause.type(path, actual, `${inBody(path)} must be of type ${allowed.join(',')}`);
}

function checkFields(schema: Schema, value: JsonObject, path: string): Cause[] {
  const missing = (schema.required ?? []).filter((field) => value[field] === undefined);
  const present = Object.entries(value).flatMap(([field, child]) => {
    const known = fieldSchema(schema, field);
    return known ? validate(known, child, join(path, field)) : [];
  });
  return [...missing.map((field) => cause.required(join(path, field))), ...present];
}

function checkItems(schema: Schema, value: unknown[], path: string): Cause[] {
  const seen = new Set<string>();
  return value.flatMap((item, i) => {
    const key = itemKey(schema, item);
    const repeated = key !== undefined && seen.has(key);
    if (key !== undefined) seen.add(key);
    return [
      ...(schema.items ? validate(schema.items, item, `${path}[${i}]`) : []),
      ...(repeated ? [cause.duplicate(`${path}[${i}]`, JSON.parse(key.slice(2)))] : []),
    ];
  });
}

/** The path element of an item in a list of type map or set, as FieldsV1 writes it. */
export function itemKey(schema: Schema, item: unknown): string | undefined {
  if (schema['x-kubernetes-list-type'] === 'set') return `v:${JSON.stringify(item)}`;
  if (schema['x-kubernetes-list-type'] !== 'map' || !isObject(item)) return undefined;
  const names = [...(schema['x-kubernetes-list-map-keys'] ?? [])].sort();
  return `k:${JSON.stringify(Object.fromEntries(names.map((name) => [name, item[name] ?? schema.items?.properties?.[name]?.default])))}`;
}

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function checkBounds(schema: Schema, value: unknown, path: string): Cause[] {
  const wrong = (why: string) => [cause.invalid(path, value, `${inBody(path)} ${why}`)];
  const { minimum = -Infinity, maximum = Infinity, minItems = 0, minLength = 0, maxLength = Infinity } = schema;
  if (value === null) return [];
  if (schema.enum && !schema.enum.includes(value)) return [cause.notSupported(path, value, schema.enum.map(String))];
  if (typeof value === 'number' && value < minimum) return wrong(`should be greater than or equal to ${minimum}`);
  if (typeof value === 'number' && value > maximum) return wrong(`should be less than or equal to ${maximum}`);
  if (Array.isArray(value) && value.length < minItems) return wrong(`should have at least ${minItems} items`);
  if (typeof value !== 'string') return [];
  if (value.length < minLength) return wrong(`should be at least ${minLength} chars long`);
  if (value.length > maxLength) return [cause.tooLong(path, maxLength)];
  if (schema.pattern && !new RegExp(schema.pattern).test(value)) return wrong(`should match '${schema.pattern}'`);
  if (schema.format === 'date-time' && !DATE_TIME.test(value))
    return [cause.type(path, value, `${inBody(path)} must be of type date-time`)];
  return [];
}

/** Every CEL rule in the schema; only the rule that forbids changes is evaluated here. */
export function rulesOf(schema: Schema): string[] {
  const nested = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return [
    ...(schema['x-kubernetes-validations'] ?? []).map(({ rule }) => rule),
    ...nested.filter(isObject).flatMap((child) => rulesOf(child as Schema)),
  ];
}

/** Says which rules of a schema could not be evaluated. */
export const unknownRules = (schema: Schema): string[] => rulesOf(schema).filter((rule) => rule !== UNCHANGED);
