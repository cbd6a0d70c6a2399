import { timestamp, type KubeObject, type OwnerReference } from './kube-object.ts';
import type { Objects } from './objects.ts';
import type { Resource } from './resources.ts';
import type { StoreEvent } from './store.ts';

// The real ones act when they learn of a change, which is after the client has its answer.
const DELAY_MS = 50;

/**
 * The controllers that a bare cluster has: namespaces are filled and emptied, dependents of what is gone are collected.
 * Returns what stops them.
 */
export function startControllers(objects: Objects, resources: Resource[], ca: string): () => void {
  const controllers = new Controllers(objects, resources, ca);
  const timers = new Set<NodeJS.Timeout>();
  const later = (act: () => void) => {
    const timer = setTimeout(() => (timers.delete(timer), act()), DELAY_MS);
    timers.add(timer);
  };
  const stop = objects.store.listen((event) => {
    controllers.fillNamespace(event);
    later(() => controllers.settle(event));
  });
  // What was under way when the server stopped is taken up again.
  for (const [resource, object] of objects.store.all())
    later(() => controllers.settle({ type: 'MODIFIED', resource, object, previous: object, revision: 0 }));
  return () => {
    stop();
    timers.forEach((timer) => clearTimeout(timer));
  };
}

class Controllers {
  readonly #objects: Objects;
  readonly #resources: Map<string, Resource>;
  readonly #ca: string;

  constructor(objects: Objects, resources: Resource[], ca: string) {
    this.#objects = objects;
    this.#resources = new Map(resources.map((resource) => [resource.id, resource]));
    this.#ca = ca;
  }

  /** Every namespace has a default service account and the cluster's CA. */
  fillNamespace({ type, resource, object }: StoreEvent): void {
    if (resource !== '/namespaces' || type !== 'ADDED') return;
    const metadata = { name: 'default', namespace: object.metadata.name };
    this.#create('/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    const data = { 'ca.crt': this.#ca };
    this.#create('/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, name: 'kube-root-ca.crt' },
      data,
    });
  }

  settle({ type, resource, object }: StoreEvent): void {
    if (type === 'DELETED') return this.#afterRemoval(object);
    const live = this.#objects.store.get(resource, object.metadata.namespace, object.metadata.name);
    if (!live || live.metadata.uid !== object.metadata.uid) return;
    if (live.metadata.ownerReferences) this.#collect(resource, live);
    if (!live.metadata.deletionTimestamp) return;
    if (resource === '/namespaces') this.#emptyNamespace(live);
    if (live.metadata.finalizers?.includes('orphan')) this.#orphanDependents(resource, live);
    if (live.metadata.finalizers?.includes('foregroundDeletion')) this.#deleteDependents(resource, live);
  }

  #afterRemoval({ metadata }: KubeObject): void {
    const { namespace, uid = '' } = metadata;
    for (const [resource, dependent] of this.#dependentsOf(uid)) this.#collect(resource, dependent);
    for (const { uid: owner } of metadata.ownerReferences ?? []) {
      const found = this.#find(owner);
      if (found?.[1].metadata.finalizers?.includes('foregroundDeletion')) this.#deleteDependents(...found);
    }
    const home = namespace && this.#objects.store.get('/namespaces', undefined, namespace);
    if (home && home.metadata.deletionTimestamp) this.#emptyNamespace(home);
  }

  /** Deletes an object all of whose owners are gone; takes the references to those that are gone off the others. */
  #collect(resource: string, object: KubeObject): void {
    const owners = object.metadata.ownerReferences ?? [];
    const present = owners.filter((owner) => !this.#isServed(owner) || this.#find(owner.uid));
    if (present.length === owners.length) return;
    if (present.length === 0) this.#delete(resource, object);
    else this.#put(resource, { ...object, metadata: { ...object.metadata, ownerReferences: present } });
  }

  #isServed({ apiVersion, kind }: OwnerReference): boolean {
    return [...this.#resources.values()].some((one) => one.apiVersion === apiVersion && one.kind === kind);
  }

  #deleteDependents(resource: string, owner: KubeObject): void {
    const dependents = this.#dependentsOf(owner.metadata.uid ?? '');
    for (const [id, dependent] of dependents) if (!dependent.metadata.deletionTimestamp) this.#delete(id, dependent);
    if (this.#dependentsOf(owner.metadata.uid ?? '').length === 0)
      this.#dropFinalizer(resource, owner, 'foregroundDeletion');
  }

  #orphanDependents(resource: string, owner: KubeObject): void {
    for (const [id, dependent] of this.#dependentsOf(owner.metadata.uid ?? '')) {
      const { ownerReferences = [], ...metadata } = dependent.metadata;
      const kept = ownerReferences.filter(({ uid }) => uid !== owner.metadata.uid);
      this.#put(id, {
        ...dependent,
        metadata: { ...metadata, ...(kept.length ? { ownerReferences: kept } : {}) } as KubeObject['metadata'],
      });
    }
    this.#dropFinalizer(resource, owner, 'orphan');
  }

  #dropFinalizer(resource: string, { metadata, ...rest }: KubeObject, name: string): void {
    const { finalizers = [], ...own } = metadata;
    const kept = finalizers.filter((finalizer) => finalizer !== name);
    const next = { ...rest, metadata: { ...own, ...(kept.length ? { finalizers: kept } : {}) } } as KubeObject;
    if (kept.length) this.#put(resource, next);
    else this.#objects.store.remove(resource, next);
  }

  #emptyNamespace(namespace: KubeObject): void {
    const { name } = namespace.metadata;
    const inside = () => this.#objects.store.all().filter(([, { metadata }]) => metadata.namespace === name);
    for (const [resource, object] of inside())
      if (!object.metadata.deletionTimestamp) this.#delete(resource, object, 0);
    const held = inside();
    if (held.length === 0) return void this.#objects.store.remove('/namespaces', namespace);
    if ((namespace['status'] as { conditions?: unknown }).conditions) return;
    const condition = (type: string, reason: string, message: string) => ({
      type,
      status: 'True',
      lastTransitionTime: timestamp(),
      reason,
      message,
    });
    const kinds = [...new Set(held.map(([resource]) => resource.split('/').reverse().join('.')))].join(', ');
    const conditions = [
      condition('NamespaceContentRemaining', 'SomeResourcesRemain', `Some resources are remaining: ${kinds}`),
      condition(
        'NamespaceFinalizersRemaining',
        'SomeFinalizersRemain',
        `Some content in the namespace has finalizers remaining: ${kinds}`,
      ),
    ];
    this.#put('/namespaces', { ...namespace, status: { phase: 'Terminating', conditions } });
  }

  #dependentsOf(uid: string): [string, KubeObject][] {
    return this.#objects.store
      .all()
      .filter(([, { metadata }]) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
  }

  #find(uid: string): [string, KubeObject] | undefined {
    return this.#objects.store.all().find(([, { metadata }]) => metadata.uid === uid);
  }

  #create(resource: string, object: KubeObject): void {
    const options = {
      dryRun: false,
      manager: 'kube-controller-manager',
      fieldValidation: 'Ignore',
      force: false,
      warnings: [],
    };
    this.#objects.create(this.#resource(resource), object, options);
  }

  #delete(resource: string, object: KubeObject, gracePeriodSeconds?: number): void {
    this.#objects.delete(
      this.#resource(resource),
      object,
      gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds },
    );
  }

  #put(resource: string, object: KubeObject): void {
    this.#objects.store.put(resource, object);
  }

  #resource(id: string): Resource {
    const found = this.#resources.get(id);
    if (!found) throw new Error(`The store holds objects of ${id}, which this server was not told to serve.`);
    return found;
  }
}
