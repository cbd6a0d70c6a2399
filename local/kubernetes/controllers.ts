import { timestamp, type KubeObject, type ObjectMeta, type OwnerReference } from './kube-object.ts';
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
  const controllers = new Controllers(objects, resources);
  const timers = new Set<NodeJS.Timeout>();
  const later = (act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      try {
        act();
      } catch (error) {
        console.error('A controller of the API server failed:', error);
      }
    }, DELAY_MS);
    timers.add(timer);
  };
  const stop = objects.store.listen((event) => {
    if (event.resource === '/namespaces' && event.type === 'ADDED') controllers.fillNamespace(event.object, ca);
    later(() => (event.type === 'DELETED' ? controllers.afterRemoval(event.object) : controllers.settle(event)));
  });
  // What was under way when the server stopped is taken up again.
  for (const [resource, object] of objects.store.all()) later(() => controllers.settle({ resource, object }));
  return () => {
    stop();
    timers.forEach((timer) => clearTimeout(timer));
  };
}

class Controllers {
  readonly #objects: Objects;
  readonly #resources: Map<string, Resource>;

  constructor(objects: Objects, resources: Resource[]) {
    this.#objects = objects;
    this.#resources = new Map(resources.map((resource) => [resource.id, resource]));
  }

  /** Every namespace has a default service account and the cluster's CA. */
  fillNamespace({ metadata: { name: namespace } }: KubeObject, ca: string): void {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
    this.#objects.create(this.#write('/serviceaccounts'), account);
    const metadata = { name: 'kube-root-ca.crt', namespace };
    this.#objects.create(this.#write('/configmaps'), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { 'ca.crt': ca },
    });
  }

  /** Does what an object that is there still needs. */
  settle({ resource, object }: Pick<StoreEvent, 'resource' | 'object'>): void {
    const live = this.#objects.store.get(resource, object.metadata.namespace, object.metadata.name);
    if (!live || live.metadata.uid !== object.metadata.uid) return;
    if (live.metadata.ownerReferences) this.#collect(resource, live);
    if (!live.metadata.deletionTimestamp) return;
    if (resource === '/namespaces') this.#emptyNamespace(live);
    if (live.metadata.finalizers?.includes('orphan')) this.#orphanDependents(resource, live);
    if (live.metadata.finalizers?.includes('foregroundDeletion')) this.#deleteDependents(resource, live);
  }

  /** Looks after the dependents, the owners and the namespace of what has gone. */
  afterRemoval({ metadata }: KubeObject): void {
    for (const [resource, dependent] of this.#dependentsOf(metadata.uid)) this.#collect(resource, dependent);
    for (const { uid } of metadata.ownerReferences ?? []) {
      const owner = this.#find(uid);
      if (owner?.[1].metadata.finalizers?.includes('foregroundDeletion')) this.#deleteDependents(...owner);
    }
    const home = metadata.namespace && this.#objects.store.get('/namespaces', undefined, metadata.namespace);
    if (home && home.metadata.deletionTimestamp) this.#emptyNamespace(home);
  }

  /** Deletes an object all of whose owners are gone; takes the references to those that are gone off the others. */
  #collect(resource: string, object: KubeObject): void {
    const owners = object.metadata.ownerReferences ?? [];
    const present = owners.filter((owner) => !this.#isServed(owner) || this.#find(owner.uid));
    if (present.length === owners.length) return;
    if (present.length === 0) this.#delete(resource, object);
    else this.#change(resource, object, { ownerReferences: present });
  }

  #isServed({ apiVersion, kind }: OwnerReference): boolean {
    return [...this.#resources.values()].some((one) => one.apiVersion === apiVersion && one.kind === kind);
  }

  #deleteDependents(resource: string, owner: KubeObject): void {
    const dependents = this.#dependentsOf(owner.metadata.uid);
    for (const [id, dependent] of dependents) if (!dependent.metadata.deletionTimestamp) this.#delete(id, dependent);
    if (this.#dependentsOf(owner.metadata.uid).length === 0) this.#dropFinalizer(resource, owner, 'foregroundDeletion');
  }

  #orphanDependents(resource: string, owner: KubeObject): void {
    for (const [id, dependent] of this.#dependentsOf(owner.metadata.uid)) {
      const owners = dependent.metadata.ownerReferences ?? [];
      this.#change(id, dependent, { ownerReferences: owners.filter(({ uid }) => uid !== owner.metadata.uid) });
    }
    this.#dropFinalizer(resource, owner, 'orphan');
  }

  #dropFinalizer(resource: string, object: KubeObject, name: string): void {
    this.#change(resource, object, { finalizers: (object.metadata.finalizers ?? []).filter((one) => one !== name) });
  }

  #emptyNamespace(namespace: KubeObject): void {
    const { name } = namespace.metadata;
    const inside = () => this.#objects.store.all().filter(([, { metadata }]) => metadata.namespace === name);
    for (const [resource, object] of inside()) if (!object.metadata.deletionTimestamp) this.#delete(resource, object);
    const kinds = [...new Set(inside().map(([resource]) => resource.split('/').reverse().join('.')))].join(', ');
    if (!kinds) return void this.#objects.store.remove('/namespaces', namespace);
    if ((namespace['status'] as { conditions?: unknown }).conditions) return;
    const condition = (type: string, reason: string, message: string) => ({
      type,
      status: 'True',
      lastTransitionTime: timestamp(),
      reason,
      message,
    });
    const conditions = [
      condition('NamespaceContentRemaining', 'SomeResourcesRemain', `Some resources are remaining: ${kinds}`),
      condition(
        'NamespaceFinalizersRemaining',
        'SomeFinalizersRemain',
        `Some content in the namespace has finalizers remaining: ${kinds}`,
      ),
    ];
    const next = { ...namespace, status: { phase: 'Terminating', conditions } };
    this.#objects.update({ ...this.#write('/namespaces'), subresource: 'status' }, namespace, next);
  }

  #dependentsOf(uid: string | undefined): [string, KubeObject][] {
    const isOwner = (owner: OwnerReference) => owner.uid === uid;
    return this.#objects.store.all().filter(([, { metadata }]) => metadata.ownerReferences?.some(isOwner));
  }

  #find(uid: string): [string, KubeObject] | undefined {
    return this.#objects.store.all().find(([, { metadata }]) => metadata.uid === uid);
  }

  #delete(resource: string, object: KubeObject): void {
    this.#objects.delete(this.#write(resource).resource, object);
  }

  #change(resource: string, object: KubeObject, change: Partial<ObjectMeta>): void {
    const next = { ...object, metadata: { ...object.metadata, ...change } as ObjectMeta };
    this.#objects.update(this.#write(resource), object, next);
  }

  #write(id: string) {
    const resource = this.#resources.get(id);
    if (!resource) throw new Error(`The store holds objects of ${id}, which this server was not told to serve.`);
    const options = {
      dryRun: false,
      manager: 'kube-controller-manager',
      fieldValidation: 'Ignore',
      force: false,
      warnings: [],
    };
    return { resource, options };
  }
}
