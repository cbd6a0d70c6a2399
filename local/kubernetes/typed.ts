import { isObject } from './kube-object.ts';
import { fieldSchema, type Schema } from './schema.ts';

/** Server-side apply refuses what does not fit the schema before anything else; says what, in its words. */
export function checkTyped(schema: Schema, value: unknown, path = ''): string | undefined {
  if (isObject(value)) {
    if (schema.type && schema.type !== 'object') return wrongType(schema, value, path);
    return first(
      Object.entries(value).map(
        ([field, child]) =>
          () =>
            checkField(schema, field, child, `${path}.${field}`),
      ),
    );
  }
  if (Array.isArray(value)) {
    if (schema.type && schema.type !== 'array') return wrongType(schema, value, path);
    return first(value.map((item, i) => () => checkTyped(schema.items ?? {}, item, `${path}[${i}]`)));
  }
  const wanted = schema['x-kubernetes-int-or-string'] ? undefined : schema.type;
  const fits =
    !wanted || value === null || typeof value === wanted || (typeof value === 'number' && wanted === 'integer');
  return fits ? undefined : wrongType(schema, value, path);
}

function checkField(schema: Schema, field: string, value: unknown, path: string): string | undefined {
  const known = fieldSchema(schema, field);
  if (known) return checkTyped(known, value, path);
  const isFree =
    schema.type !== 'object' || schema['x-kubernetes-preserve-unknown-fields'] || schema.additionalProperties;
  return isFree || path === '.apiVersion' || path === '.kind' ? undefined : `${path}: field not declared in schema`;
}

const GO_TYPES: Record<string, string> = { object: 'map', array: 'list', integer: 'numeric', number: 'numeric' };

const wrongType = ({ type = '' }: Schema, value: unknown, path: string) =>
  `${path}: expected ${GO_TYPES[type] ?? type}, got &value.valueUnstructured{Value:${typeof value === 'string' ? JSON.stringify(value) : String(value)}}`;

function first(checks: (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const wrong = check();
    if (wrong) return wrong;
  }
  return undefined;
}
