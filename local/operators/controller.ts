import { setTimeout as sleep } from 'node:timers/promises';
import type { Kube, KubeObject } from './kube.ts';

/** A kind that an operator looks after. */
export interface Kind {
  apiVersion: string;
  kind: string;
  plural: string;
}

/** What a reconciliation sees: the object, and the pods that it owns. */
export type Reconcile = (object: KubeObject, pods: KubeObject[]) => Promise<void>;

const RETRY_MS = 500;

/** Path of an object of a kind. */
export function pathOf({ apiVersion, plural }: Kind, { metadata }: KubeObject): string {
  return `/apis/${apiVersion}/namespaces/${metadata.namespace}/${plural}/${metadata.name}`;
}

/** Owner reference that makes the garbage collector take a pod with its owner. */
export function ownedBy({ apiVersion, kind }: Kind, { metadata }: KubeObject) {
  return [
    { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true, blockOwnerDeletion: true },
  ];
}

/**
 * Runs an operator: watches its kind and all pods, and reconciles an object whenever it or one of its pods has changed.
 * One reconciliation of an object at a time; one that fails comes again.
 */
export function runController(
  kube: Kube,
  kind: Kind,
  reconcile: Reconcile,
  signal: AbortSignal,
  onGone: (object: KubeObject) => void = () => undefined,
): void {
  const objects = new Map<string, KubeObject>();
  const pods = new Map<string, KubeObject>();
  const busy = new Set<string>();
  const dirty = new Set<string>();
  const key = ({ metadata }: KubeObject) => metadata.uid ?? '';

  const work = async (uid: string) => {
    if (busy.has(uid)) {
      dirty.add(uid);
      return;
    }
    busy.add(uid);
    const object = objects.get(uid);
    const owned = [...pods.values()].filter((pod) => pod.metadata.ownerReferences?.some((owner) => owner.uid === uid));
    let failed = false;
    try {
      if (object && !object.metadata.deletionTimestamp) await reconcile(object, owned);
    } catch (error) {
      failed = true;
      if (!signal.aborted) console.error(`${kind.kind} ${object?.metadata.name}: ${String(error)}`);
    }
    busy.delete(uid);
    if (signal.aborted) return;
    if (failed) await sleep(RETRY_MS);
    if (dirty.delete(uid) || failed) await work(uid);
  };
  const keep =
    (cache: Map<string, KubeObject>, touched: (object: KubeObject) => void) =>
    (type: string, changed: KubeObject[]) => {
      if (type === 'SYNC') cache.clear();
      for (const object of changed) {
        if (type === 'DELETED') cache.delete(key(object));
        else cache.set(key(object), object);
        touched(object);
        if (type === 'DELETED' && cache === objects) onGone(object);
      }
    };

  void kube.watch(
    `/apis/${kind.apiVersion}/${kind.plural}`,
    keep(objects, (object) => void work(key(object))),
    signal,
  );
  void kube.watch(
    '/api/v1/pods',
    keep(pods, (pod) => pod.metadata.ownerReferences?.forEach(({ uid }) => void work(uid))),
    signal,
  );
}

/** Writes a status when it says something new. */
export async function writeStatus(
  kube: Kube,
  kind: Kind,
  object: KubeObject,
  status: Record<string, unknown>,
): Promise<void> {
  if (JSON.stringify(pick(object.status, Object.keys(status))) === JSON.stringify(pick(status, Object.keys(status))))
    return;
  await kube.patchStatus(pathOf(kind, object), status);
}

function pick(from: Record<string, unknown> | undefined, keys: string[]): unknown[] {
  return keys.sort().map((key) => from?.[key] ?? null);
}
