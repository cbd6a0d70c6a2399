import { at } from './kube-object.ts';

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
