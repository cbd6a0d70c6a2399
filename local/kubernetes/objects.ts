import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { admit, type Write } from './admission.ts';
import {
  at,
  timestamp,
  type JsonObject,
  type KubeObject,
  type ManagedFieldsEntry,
  type ObjectMeta,
} from './kube-object.ts';
import { applyConfiguration, ownersAfterUpdate, type Writer } from './managed-fields.ts';
import type { Resource } from './resources.ts';
import { alreadyExists, badRequest, conflict, forbidden, internalError, notFound } from './status-error.ts';
import type { Store } from './store.ts';
import type { DeleteOptions } from './write-options.ts';

const NAMESPACES = { id: '/namespaces', group: '', plural: 'namespaces', kind: 'Namespace' };
/** What etcd takes in one request by default. */
const SIZE_LIMIT = 1_572_864;
const SERVER_SET = [
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'managedFields',
  'selfLink',
  'resourceVersion',
];
const KEPT = [
  'uid',
  'creationTimestamp',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'resourceVersion',
  'generateName',
  'namespace',
];

/** The rules that every write goes through, whoever makes it: a client, or one of the server's own controllers. */
export class Objects {
  readonly store: Store;
  readonly #now: () => Date;

  constructor(store: Store, now = () => new Date()) {
    this.store = store;
    this.#now = now;
  }

  get(resource: Resource, namespace: string | undefined, name: string): KubeObject {
    const found = this.store.get(resource.id, namespace, name);
    if (!found) throw notFound(resource, name);
    return found;
  }

  create(write: Write, object: KubeObject): KubeObject {
    const { resource } = write;
    if (object.metadata.resourceVersion)
      throw internalError('resourceVersion should not be set on objects to be created');
    const next = this.#fresh(resource, object);
    const owned = admit(write, next);
    // Go's types begin with an empty spec and status, so that these two are not fields that somebody added.
    const blank = { ...(resource.isCustom ? {} : { spec: { containers: [] }, status: {} }), ...BLANK };
    setOwners(next, ownersAfterUpdate(resource.schema, blank, owned, writerOf(write, 'Update'), this.#time()));
    return this.#insert(write, next);
  }

  /** Replaces an object (or its status) by what a PUT or a patch made of it. */
  update(write: Write, live: KubeObject, proposed: KubeObject): KubeObject {
    const { resource, subresource } = write;
    const { name, resourceVersion: version, uid } = proposed.metadata;
    if (version && !/^\d+$/.test(version))
      throw internalError(`strconv.ParseUint: parsing "${version}": invalid syntax`);
    if (version && version !== live.metadata.resourceVersion) throw conflict(resource, name);
    if (uid && uid !== live.metadata.uid) throw conflict(resource, name, wrongUid(resource, live, uid));
    const next = replaced(write, live, proposed);
    const owned = admit(write, next, live);
    if (isDeepStrictEqual(withoutOwners(live), withoutOwners(next))) return live;
    raiseGeneration(resource, live, next);
    // The real server records what a status write says of labels and annotations before it drops that.
    const claimed = subresource ? { ...owned, metadata: proposed.metadata } : owned;
    setOwners(next, ownersAfterUpdate(resource.schema, live, claimed, writerOf(write, 'Update'), this.#time()));
    return this.#save(write, next);
  }

  /** Server-side apply; on what is not there yet it creates. */
  apply(write: Write, live: KubeObject | undefined, config: KubeObject): KubeObject {
    const { resource, options } = write;
    const writer = writerOf(write, 'Apply');
    const merged = applyConfiguration(
      resource.schema,
      live ?? BLANK,
      config,
      writer,
      options.force || !live,
      this.#time(),
    );
    const next = live ? replaced(write, live, merged) : this.#fresh(resource, config);
    const { resourceVersion: version, name } = config.metadata;
    if (live && (name ?? live.metadata.name) !== live.metadata.name) throw nameMismatch(name, live.metadata.name);
    if (live && version && version !== live.metadata.resourceVersion) throw conflict(resource, name);
    admit(write, next, live);
    setOwners(next, merged.metadata.managedFields ?? []);
    if (!live) return this.#insert(write, next);
    if (isDeepStrictEqual(live, next)) return live;
    raiseGeneration(resource, live, next);
    return this.#save(write, next);
  }

  /** Removes an object, or marks it as going where something still holds it. Tells which. */
  delete(resource: Resource, live: KubeObject, options: DeleteOptions = {}): { object: KubeObject; isGone: boolean } {
    checkPreconditions(resource, live, options);
    const grace = graceOf(resource, live, options);
    const holder = { Foreground: 'foregroundDeletion', Orphan: 'orphan' }[options.propagationPolicy ?? ''];
    const finalizers = [...new Set([...(live.metadata.finalizers ?? []), ...(holder ? [holder] : [])])];
    const isHeld = finalizers.length > 0 || grace > 0 || resource.id === NAMESPACES.id;
    const next = structuredClone(live);
    if (finalizers.length) next.metadata.finalizers = finalizers;
    if (isHeld || resource.kind === 'Pod') this.#mark(resource, live, next, grace);
    if (options.dryRun) return { object: next, isGone: !isHeld };
    if (!isHeld) return { object: this.store.remove(resource.id, next), isGone: true };
    return { object: isDeepStrictEqual(live, next) ? live : this.store.put(resource.id, next), isGone: false };
  }

  #mark(resource: Resource, { metadata: before }: KubeObject, next: KubeObject, grace: number): void {
    const isFirst = !before.deletionTimestamp;
    if (!isFirst && grace >= (before.deletionGracePeriodSeconds ?? 0)) return;
    if (resource.id === NAMESPACES.id) next['status'] = { ...(next['status'] as object), phase: 'Terminating' };
    else next.metadata.deletionGracePeriodSeconds = grace;
    next.metadata.deletionTimestamp = timestamp(new Date(this.#now().getTime() + grace * 1000));
    if (isFirst && before.generation !== undefined) next.metadata.generation = before.generation + 1;
  }

  /** A new object with what the server sets itself. */
  #fresh(resource: Resource, object: KubeObject): KubeObject {
    const next = structuredClone(object);
    const { metadata } = next;
    if (resource.namespaced) this.#checkNamespace(resource, metadata);
    else Reflect.deleteProperty(metadata, 'namespace');
    if (!metadata.name && metadata.generateName) metadata.name = metadata.generateName + randomSuffix();
    for (const field of SERVER_SET) Reflect.deleteProperty(metadata, field);
    Object.assign(metadata, { uid: randomUUID(), creationTimestamp: this.#time() });
    if (resource.isCustom || ['Pod', 'Job'].includes(resource.kind)) metadata.generation = 1;
    // A kubelet registers its node together with the status.
    const dropsStatus = resource.subresources.includes('status') && !resource.isCustom && resource.kind !== 'Node';
    if (dropsStatus) Reflect.deleteProperty(next, 'status');
    return next;
  }

  #checkNamespace(resource: Resource, { name, namespace = '' }: ObjectMeta): void {
    const found = this.store.get(NAMESPACES.id, undefined, namespace);
    if (!found) throw notFound(NAMESPACES, namespace);
    if (!found.metadata.deletionTimestamp) return;
    const message = `namespace ${namespace} is being terminated`;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(resource, name, why, [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }]);
  }

  #insert(write: Write, next: KubeObject): KubeObject {
    const { name, namespace } = next.metadata;
    const existing = this.store.get(write.resource.id, namespace, name);
    const prefix = existing?.metadata.deletionTimestamp ? 'object is being deleted: ' : '';
    if (existing) throw alreadyExists(write.resource, name, prefix);
    return this.#save(write, next);
  }

  #save({ resource, options }: Write, next: KubeObject): KubeObject {
    if (JSON.stringify(next).length > SIZE_LIMIT) throw internalError('etcdserver: request is too large');
    if (options.dryRun) return next;
    const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = next.metadata;
    const isDone = deletionTimestamp && finalizers.length === 0 && deletionGracePeriodSeconds === 0;
    const isGone = isDone && resource.id !== NAMESPACES.id;
    return isGone ? this.store.remove(resource.id, next) : this.store.put(resource.id, next);
  }

  #time(): string {
    return timestamp(this.#now());
  }
}

const BLANK: KubeObject = { apiVersion: '', kind: '', metadata: { name: '' } };

export const nameMismatch = (inBody: string, inUrl: string) =>
  badRequest(`the name of the object (${inBody}) does not match the name on the URL (${inUrl})`);

function writerOf({ resource, options, subresource }: Write, operation: Writer['operation']): Writer {
  const { apiVersion } = resource;
  return { manager: options.manager, operation, apiVersion, ...(subresource ? { subresource } : {}) };
}

/** The live object with those parts replaced that this endpoint may replace. */
function replaced({ resource, subresource }: Write, live: KubeObject, proposed: KubeObject): KubeObject {
  const next = structuredClone(subresource ? live : proposed);
  if (subresource) copyField(proposed, next, 'status');
  else if (resource.subresources.includes('status')) copyField(live, next, 'status');
  if (!subresource) for (const field of KEPT) copyField(live.metadata, next.metadata, field);
  return next;
}

function setOwners({ metadata }: KubeObject, owners: ManagedFieldsEntry[]): void {
  if (owners.length) metadata.managedFields = owners;
  else delete metadata.managedFields;
}

function raiseGeneration({ subresources }: Resource, live: KubeObject, next: KubeObject): void {
  const part = ({ metadata: _, status, ...rest }: KubeObject) =>
    subresources.includes('status') ? rest : { ...rest, status };
  const { generation } = live.metadata;
  if (generation !== undefined && !isDeepStrictEqual(part(live), part(next))) next.metadata.generation = generation + 1;
}

function wrongUid({ group, plural }: Resource, { metadata }: KubeObject, uid: string): string {
  const key = ['/registry', group, plural, metadata.namespace, metadata.name].filter(Boolean).join('/');
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
}

function checkPreconditions(resource: Resource, { metadata }: KubeObject, { preconditions = {} }: DeleteOptions): void {
  const { uid, resourceVersion: version } = preconditions;
  const refuse = (what: string, asked: string, is: string | undefined, why: string) =>
    conflict(
      { ...resource, plural: resource.kind },
      metadata.name,
      `the ${what} in the precondition (${asked}) does not match the ${what} in record (${is}). The object might have been ${why}`,
    );
  if (uid && uid !== metadata.uid) throw refuse('UID', uid, metadata.uid, 'deleted and then recreated');
  if (version && version !== metadata.resourceVersion)
    throw refuse('ResourceVersion', version, metadata.resourceVersion, 'modified');
}

function graceOf({ kind }: Resource, live: KubeObject, { gracePeriodSeconds: asked }: DeleteOptions): number {
  // Only a kubelet needs the time: a pod on no node, or one that has ended, goes at once.
  const isOver = ['Succeeded', 'Failed'].includes(String(at(live, 'status', 'phase')));
  if (kind !== 'Pod' || !at(live, 'spec', 'nodeName') || isOver) return 0;
  return asked ?? Number(at(live, 'spec', 'terminationGracePeriodSeconds') ?? 30);
}

function copyField(from: JsonObject, to: JsonObject, field: string): void {
  if (from[field] === undefined) Reflect.deleteProperty(to, field);
  else to[field] = structuredClone(from[field]);
}

function withoutOwners({ metadata, ...rest }: KubeObject): JsonObject {
  const { managedFields: _owners, resourceVersion: _version, ...own } = metadata;
  return { ...rest, metadata: own };
}

// The alphabet has no vowels and no digits that look like letters, so that no words come out.
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const randomSuffix = () => [...randomBytes(5)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
