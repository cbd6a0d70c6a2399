import { columnsOf } from './columns.ts';
import type { JsonObject, KubeObject } from './kube-object.ts';
import type { Resource } from './resources.ts';

/** The rows that `kubectl get` prints. A watch sends the columns with its first row only. */
export function tableOf(
  resource: Resource,
  objects: KubeObject[],
  meta: JsonObject,
  version: string,
  include: string,
  isFirst: boolean,
): JsonObject {
  const apiVersion = `meta.k8s.io/${version}`;
  const columns = columnsOf(resource);
  const { kind, apiVersion: own } = resource;
  const shown = (object: KubeObject) => {
    if (include === 'None') return null;
    return include === 'Object'
      ? { ...object, kind, apiVersion: own }
      : { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata };
  };
  const { continue: next, remainingItemCount, resourceVersion } = meta;
  const page = { ...(next ? { continue: next } : {}), ...(remainingItemCount ? { remainingItemCount } : {}) };
  return {
    kind: 'Table',
    apiVersion,
    metadata: { resourceVersion, ...page },
    columnDefinitions: isFirst
      ? columns.map(({ name, type, format = '', priority = 0 }) => ({
          name,
          type,
          format,
          description: name,
          priority,
        }))
      : null,
    rows: objects.map((object) => ({ cells: columns.map(({ cell }) => cell(object)), object: shown(object) })),
  };
}
