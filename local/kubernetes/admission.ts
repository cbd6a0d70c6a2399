import { builtinRules } from './builtin-rules.ts';
import type { KubeObject } from './kube-object.ts';
import { checkFinalizers, checkMetadata, finalizerWarnings } from './metadata.ts';
import type { Resource } from './resources.ts';
import { checkRules, normalise, rulesOf, validate } from './schema.ts';
import { badRequest, cause, invalid, type Cause } from './status-error.ts';
import type { WriteOptions } from './write-options.ts';

/** What a write is about, besides the objects themselves. */
export interface Write {
  resource: Resource;
  options: WriteOptions;
  subresource?: string;
}

/** Prunes, defaults and validates the next state of an object; returns what of it the writer owns. Changes the object. */
export function admit(write: Write, next: KubeObject, live?: KubeObject): KubeObject {
  const { resource, options, subresource } = write;
  const rules = resource.isCustom ? {} : builtinRules(resource.kind);
  const unknown: string[] = [];
  normalise(resource.schema, next, unknown);
  dropEmpty(next, resource.isCustom);
  if (resource.isCustom) reportUnknown(write, next, unknown.sort(), live !== undefined);
  if (resource.isCustom && !live && resource.subresources.includes('status')) Reflect.deleteProperty(next, 'status');
  rules.preset?.(next);
  const owned = rules.complete ? structuredClone(next) : next;
  rules.complete?.(next);
  const causes = [
    ...checkMetadata(resource, next),
    ...(live ? checkFinalizers(live, next) : []),
    ...checkStructure(write, next, live),
    ...(rules.check?.(next, live) ?? []),
  ];
  if (causes.length) throw invalid(resource, next.metadata.name ?? '', causes);
  if (!subresource) options.warnings.push(...finalizerWarnings(next));
  return owned;
}

/** Errors that keep the real server from evaluating CEL rules; a broken bound does not. */
const BLOCKING = ['FieldValueRequired', 'FieldValueTypeInvalid', 'FieldValueTooLong', 'FieldValueDuplicate'];
const UNCHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

function checkStructure({ resource, subresource }: Write, next: KubeObject, live?: KubeObject): Cause[] {
  const { schema, isCustom } = resource;
  const status = schema.properties?.['status'];
  const causes = subresource
    ? status && next['status'] !== undefined
      ? validate(status, next['status'], 'status')
      : []
    : validate({ ...schema, properties: { ...schema.properties, status: {} } }, next);
  if (!isCustom) refuseUnreadable(resource, causes);
  if (causes.length === 0) return live ? checkRules(schema, next, live) : [];
  const isBlocked = causes.some(({ reason }) => BLOCKING.includes(reason)) && rulesOf(schema).length > 0;
  return isBlocked ? [...causes, cause.invalid('<nil>', null, UNCHECKED)] : causes;
}

/** Built-in kinds are decoded into Go types, so a wrong type is a decoding error there. */
function refuseUnreadable({ kind, version }: Resource, causes: Cause[]): void {
  const wrong = causes.find(({ reason }) => reason === 'FieldValueTypeInvalid');
  if (!wrong) return;
  const [, actual, wanted] = /"(\w+)": .* must be of type (\w+)/.exec(wrong.message) ?? [];
  const what = `${actual === 'integer' ? 'number' : actual} into Go struct field ${kind}.${wrong.field.replace(/\.[^.]+$/, '')}`;
  throw unreadable(kind, version, `json: cannot unmarshal ${what} of type ${wanted}`);
}

export const unreadable = (kind: string, version: string, why: string) =>
  badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);

function reportUnknown({ resource, options }: Write, next: KubeObject, unknown: string[], isUpdate: boolean): void {
  const texts = unknown.map((path) => `unknown field "${path}"`);
  if (texts.length === 0 || options.fieldValidation === 'Ignore') return;
  if (options.fieldValidation === 'Warn') return void options.warnings.push(...texts);
  const why = `strict decoding error: ${texts.join(', ')}`;
  if (isUpdate) throw invalid({ kind: '', group: '' }, '', [cause.invalid('patch', JSON.stringify(next), why)]);
  throw unreadable(resource.kind, resource.version, why);
}

/** Go leaves empty maps and lists out where it knows the type. */
function dropEmpty(object: KubeObject, isCustom: boolean): void {
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'])
    if (isEmpty(object.metadata[field])) Reflect.deleteProperty(object.metadata, field);
  if (!isCustom && isEmpty(object['data'])) Reflect.deleteProperty(object, 'data');
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
