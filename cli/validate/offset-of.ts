import { isMap, isNode, isScalar, isSeq, type Document } from 'yaml';

/** Offset of a field's key, of a list's entry, or of the nearest thing around it that a document has. */
export function offsetOf(document: Document, path: string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    const next = child(node, step);
    if (!next) break;
    node = next.value;
    offset = next.offset ?? offset;
  }
  return offset;
}

function child(node: unknown, step: string): { value: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
    return pair && { value: pair.value, offset: isScalar(pair.key) ? pair.key.range?.[0] : undefined };
  }
  if (isSeq(node)) {
    const entry = node.items[Number(step)];
    return { value: entry, offset: isNode(entry) ? entry.range?.[0] : undefined };
  }
  return undefined;
}
