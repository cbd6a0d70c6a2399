import { at, isObject, type JsonObject, type KubeObject } from './kube-object.ts';
import { age } from './age.ts';
import { builtinColumns, nameColumn, type Column } from './builtin-columns.ts';
import type { PrinterColumn, Resource } from './resources.ts';
import type { Format } from './respond.ts';

/** The rows that `kubectl get` prints. */
export function tableOf(
  resource: Resource,
  items: KubeObject[],
  meta: JsonObject,
  { version, includeObject }: Format,
  isFirst: boolean,
): JsonObject {
  const apiVersion = `meta.k8s.io/${version}`;
  const columns = resource.isCustom ? customColumns(resource.columns) : builtinColumns(resource.kind);
  const shown = (item: KubeObject) => {
    if (includeObject === 'None') return { object: null };
    if (includeObject === 'Object')
      return { object: { ...item, kind: resource.kind, apiVersion: resource.apiVersion } };
    return { object: { kind: 'PartialObjectMetadata', apiVersion, metadata: item.metadata } };
  };
  const { continue: next, remainingItemCount, resourceVersion } = meta;
  return {
    kind: 'Table',
    apiVersion,
    metadata: {
      resourceVersion,
      ...(next ? { continue: next } : {}),
      ...(remainingItemCount ? { remainingItemCount } : {}),
    },
    // A watch sends them once.
    columnDefinitions: isFirst ? columns.map(definitionOf) : null,
    rows: items.map((item) => ({ cells: columns.map(({ cell }) => cell(item)), ...shown(item) })),
  };
}

const definitionOf = ({ name, type, format = '', priority = 0 }: Column) => ({
  name,
  type,
  format,
  description: name,
  priority,
});

function customColumns(columns: PrinterColumn[]): Column[] {
  const own = columns.map((column) => ({ ...column, cell: (object: KubeObject) => customCell(column, object) }));
  return [nameColumn, ...own];
}

function customCell({ type, jsonPath }: PrinterColumn, object: KubeObject): unknown {
  const value = readJsonPath(object, jsonPath);
  if (value === undefined || value === null) return null;
  if (type === 'date') return age(String(value));
  return type === 'string' ? (isObject(value) ? JSON.stringify(value) : String(value)) : value;
}

const STEP = /\.([\w-]+)|\[(-?\d+):?\]|\[\?\(@\.([\w-]+)==('?)([^')]*)\4\)\]/y;

/** The JSONPath of printer columns: fields, an item by its index, and items by one of their fields. */
export function readJsonPath(object: unknown, path: string): unknown {
  let value = object;
  STEP.lastIndex = 0;
  for (let step = STEP.exec(path); step && value !== undefined; step = STEP.exec(path)) {
    const [, field, index, key, , wanted] = step;
    const list = Array.isArray(value) ? (value as unknown[]) : [];
    if (field !== undefined) value = at(value, field);
    else if (index !== undefined) value = list.at(Number(index));
    else value = list.find((item) => key !== undefined && String(at(item, key)) === wanted);
  }
  return value;
}
