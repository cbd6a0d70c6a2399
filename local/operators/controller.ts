import { isDeepStrictEqual } from 'node:util';
import type { Kube } from './kube.ts';
import type { KubeObject } from './kube-object.ts';

/** A kind that an operator looks after. */
export interface Kind {
  apiVersion: string;
  kind: string;
  plural: string;
}

/** An operator: brings an object and the pods that it owns a step on; answers after how many ms to look again. */
export interface Operator {
  kind: Kind;
  reconcile(object: KubeObject, pods: KubeObject[]): Promise<number | undefined>;
  /** When an object that is over goes by itself, in ms since 1970; undefined for never or not yet. */
  expiresAt?(object: KubeObject): number | undefined;
  forget?(object: KubeObject): void;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** The longest that a timer can take. */
const LONGEST_MS = 2 ** 31 - 1;

/** Runs an operator: watches its kind and all pods, and reconciles what has changed, each object by itself. */
export function runController(kube: Kube, { kind, reconcile, expiresAt, forget }: Operator, signal: AbortSignal): void {
  const busy = new Set<string>();
  const dirty = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const failures = new Map<string, number>();

  const attempt = async (uid: string): Promise<number | undefined> => {
    const object = objects.objects.get(uid);
    if (!object || object.metadata.deletionTimestamp) return undefined;
    const owned = [...pods.objects.values()].filter(({ metadata }) =>
      metadata.ownerReferences?.some((owner) => owner.uid === uid),
    );
    try {
      const again = await reconcile({ ...object, apiVersion: kind.apiVersion, kind: kind.kind }, owned);
      failures.delete(uid);
      const left = (expiresAt?.(object) ?? Infinity) - Date.now();
      if (left <= 0) await kube.remove(pathOf(kind, object), object, { propagationPolicy: 'Background' });
      return left === Infinity || left <= 0 ? again : Math.min(again ?? Infinity, left);
    } catch (error) {
      const failed = failures.get(uid) ?? 0;
      failures.set(uid, failed + 1);
      if (!signal.aborted) console.error(`${kind.kind} ${object.metadata.name}: ${String(error)}`);
      return Math.min(FIRST_RETRY_MS * 2 ** failed, LAST_RETRY_MS);
    }
  };
  const later = (uid: string, ms: number | undefined) => {
    clearTimeout(timers.get(uid));
    timers.delete(uid);
    if (ms !== undefined) timers.set(uid, setTimeout(() => void work(uid), Math.min(ms, LONGEST_MS)).unref());
  };
  const work = async (uid: string) => {
    dirty.add(uid);
    if (busy.has(uid)) return;
    busy.add(uid);
    await Promise.all([objects.synced, pods.synced]);
    while (dirty.delete(uid) && !signal.aborted) later(uid, await attempt(uid));
    busy.delete(uid);
  };

  const objects = kube.mirror(`/apis/${kind.apiVersion}/${kind.plural}`, signal, (object, isGone) => {
    if (isGone) forget?.(object);
    else void work(object.metadata.uid ?? '');
  });
  const pods = kube.mirror('/api/v1/pods', signal, ({ metadata }) =>
    metadata.ownerReferences?.forEach(({ uid }) => void work(uid)),
  );
}

const pathOf = ({ apiVersion, plural }: Kind, { metadata }: KubeObject) =>
  `/apis/${apiVersion}/namespaces/${metadata.namespace}/${plural}`;

/** Writes an object's status when it says something new. */
export async function writeStatus(kube: Kube, kind: Kind, object: KubeObject, status: object) {
  if (isDeepStrictEqual(object.status ?? {}, status)) return;
  await kube.replaceStatus(`${pathOf(kind, object)}/${object.metadata.name}`, object, status);
}

/** The time some seconds after an object's end; undefined where it has not ended or is to stay. */
export function afterEnd(endedAt: string | null | undefined, seconds: number | undefined): number | undefined {
  return endedAt && seconds !== undefined ? Date.parse(endedAt) + seconds * 1_000 : undefined;
}

/** What makes the garbage collector take a dependent with its owner. */
export const ownedBy = ({ apiVersion, kind }: Kind, { metadata: { name, uid = '' } }: KubeObject) => [
  { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true },
];
