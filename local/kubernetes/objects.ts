import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { builtinRules } from './builtin-rules.ts';
import { at, timestamp, type JsonObject, type KubeObject } from './kube-object.ts';
import { applyConfiguration, ownersAfterUpdate, type Writer } from './managed-fields.ts';
import { checkFinalizers, checkMetadata, finalizerWarnings } from './metadata.ts';
import type { Resource } from './resources.ts';
import { checkRules, normalise, rulesOf, validate } from './schema.ts';
import { alreadyExists, badRequest, cause, conflict, forbidden, internalError, invalid, notFound, type Cause } from './status-error.ts'; // prettier-ignore
import type { Store } from './store.ts';
import type { DeleteOptions, WriteOptions } from './write-options.ts';

const NAMESPACES = { id: '/namespaces', group: '', plural: 'namespaces', kind: 'Namespace' };
/** What etcd takes in one request by default. */
const SIZE_LIMIT = 1_572_864;

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

  create(resource: Resource, object: KubeObject, options: WriteOptions): KubeObject {
    if (object.metadata.resourceVersion)
      throw internalError('resourceVersion should not be set on objects to be created');
    const next = this.#fresh(resource, object, options);
    const owner: Writer = { manager: options.manager, operation: 'Update', apiVersion: resource.apiVersion };
    const empty = resource.isCustom ? {} : { spec: {}, status: {} };
    const blank = { ...empty, apiVersion: '', kind: '', metadata: {} } as unknown as KubeObject;
    next.metadata.managedFields = ownersAfterUpdate(resource.schema, blank, next, owner, timestamp(this.#now()));
    return this.#insert(resource, next, options);
  }

  /** What server-side apply does where nothing is yet. */
  createApplied(resource: Resource, config: KubeObject, options: WriteOptions): KubeObject {
    const { resourceVersion: _, ...metadata } = config.metadata;
    const next = this.#fresh(resource, { ...config, metadata: metadata as KubeObject['metadata'] }, options);
    const blank = { apiVersion: '', kind: '', metadata: {} } as unknown as KubeObject;
    const applied = applyConfiguration(
      resource.schema,
      blank,
      config,
      this.#applier(resource, options),
      true,
      timestamp(this.#now()),
    );
    next.metadata.managedFields = applied.metadata.managedFields ?? [];
    return this.#insert(resource, next, options);
  }

  /** Replaces an object (or its status) by what a PUT or a patch made of it. */
  update(
    resource: Resource,
    live: KubeObject,
    proposed: KubeObject,
    options: WriteOptions,
    subresource?: string,
  ): KubeObject {
    const { name, resourceVersion: version, uid } = proposed.metadata;
    if (version && !/^\d+$/.test(version))
      throw internalError(`strconv.ParseUint: parsing "${version}": invalid syntax`);
    if (version && version !== live.metadata.resourceVersion) throw conflict(resource, name);
    if (uid && uid !== live.metadata.uid) throw conflict(resource, name, this.#wrongUid(resource, live, uid));
    const next = this.#replaced(resource, live, proposed, subresource);
    this.#admit(resource, next, options, live, subresource);
    if (isDeepStrictEqual(bare(live), bare(next))) return live;
    this.#raiseGeneration(resource, live, next);
    const writer: Writer = { manager: options.manager, operation: 'Update', apiVersion: resource.apiVersion, ...(subresource ? { subresource } : {}) }; // prettier-ignore
    next.metadata.managedFields = ownersAfterUpdate(resource.schema, live, next, writer, timestamp(this.#now()));
    return this.#replace(resource, next, options);
  }

  /** Server-side apply on what is there. */
  apply(
    resource: Resource,
    live: KubeObject,
    config: KubeObject,
    options: WriteOptions,
    subresource?: string,
  ): KubeObject {
    const writer = this.#applier(resource, options, subresource);
    const merged = applyConfiguration(resource.schema, live, config, writer, options.force, timestamp(this.#now()));
    const { resourceVersion: version, name = live.metadata.name } = config.metadata;
    if (name !== live.metadata.name) throw nameMismatch(name, live.metadata.name);
    if (version && version !== live.metadata.resourceVersion) throw conflict(resource, name);
    const next = this.#replaced(resource, live, merged, subresource);
    this.#admit(resource, next, options, live, subresource);
    if (merged.metadata.managedFields) next.metadata.managedFields = merged.metadata.managedFields;
    if (isDeepStrictEqual(live, next)) return live;
    this.#raiseGeneration(resource, live, next);
    return this.#replace(resource, next, options);
  }

  /** Removes an object, or marks it as going where something still holds it. Tells which. */
  delete(resource: Resource, live: KubeObject, options: DeleteOptions = {}): { object: KubeObject; isGone: boolean } {
    this.#checkPreconditions(resource, live, options);
    const grace = graceOf(resource, live, options);
    const holder = { Foreground: 'foregroundDeletion', Orphan: 'orphan' }[options.propagationPolicy ?? ''];
    const finalizers = [...(live.metadata.finalizers ?? []), ...(holder ? [holder] : [])];
    const next = structuredClone(live);
    if (finalizers.length) next.metadata.finalizers = [...new Set(finalizers)];
    const isHeld = finalizers.length > 0 || grace > 0 || resource.id === NAMESPACES.id;
    if (!isHeld && resource.kind !== 'Pod')
      return { object: options.dryRun ? live : this.store.remove(resource.id, live), isGone: true };
    this.#mark(resource, live, next, grace);
    if (options.dryRun) return { object: next, isGone: !isHeld };
    if (!isHeld) return { object: this.store.remove(resource.id, next), isGone: true };
    return { object: isDeepStrictEqual(live, next) ? live : this.store.put(resource.id, next), isGone: false };
  }

  #mark(resource: Resource, live: KubeObject, next: KubeObject, grace: number): void {
    const isFirst = !live.metadata.deletionTimestamp;
    if (resource.id === NAMESPACES.id) next['status'] = { ...(next['status'] as object), phase: 'Terminating' };
    else if (isFirst || grace < (live.metadata.deletionGracePeriodSeconds ?? 0))
      next.metadata.deletionGracePeriodSeconds = grace;
    else return;
    if (!isFirst && resource.kind !== 'Pod') return;
    next.metadata.deletionTimestamp = timestamp(new Date(this.#now().getTime() + grace * 1000));
    if (isFirst && next.metadata.generation !== undefined) next.metadata.generation += 1;
  }

  #checkPreconditions(resource: Resource, { metadata }: KubeObject, { preconditions = {} }: DeleteOptions): void {
    const { uid, resourceVersion: version } = preconditions;
    const named = { ...resource, plural: resource.kind };
    if (uid && uid !== metadata.uid)
      throw conflict(named, metadata.name, `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`); // prettier-ignore
    if (version && version !== metadata.resourceVersion)
      throw conflict(named, metadata.name, `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`); // prettier-ignore
  }

  #applier(resource: Resource, options: WriteOptions, subresource?: string): Writer {
    return {
      manager: options.manager,
      operation: 'Apply',
      apiVersion: resource.apiVersion,
      ...(subresource ? { subresource } : {}),
    };
  }

  #wrongUid({ group, plural }: Resource, { metadata }: KubeObject, uid: string): string {
    const key = ['/registry', group, plural, metadata.namespace, metadata.name].filter(Boolean).join('/');
    return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
  }

  /** A new object with what the server sets itself. */
  #fresh(resource: Resource, object: KubeObject, options: WriteOptions): KubeObject {
    const next = structuredClone(object);
    const { metadata } = next;
    this.#checkNamespace(resource, next);
    if (!metadata.name && metadata.generateName) metadata.name = metadata.generateName + randomSuffix();
    for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields', 'generation', 'selfLink'])
      Reflect.deleteProperty(metadata, field);
    Object.assign(metadata, { uid: randomUUID(), creationTimestamp: timestamp(this.#now()) });
    if (resource.isCustom || ['Pod', 'Job'].includes(resource.kind)) metadata.generation = 1;
    if (resource.subresources.includes('status') && resource.kind !== 'Node' && !resource.isCustom)
      Reflect.deleteProperty(next, 'status');
    this.#admit(resource, next, options);
    return next;
  }

  #checkNamespace(resource: Resource, { metadata }: KubeObject): void {
    if (!resource.namespaced) return Reflect.deleteProperty(metadata, 'namespace') ? undefined : undefined;
    const name = metadata.namespace ?? '';
    const found = this.store.get(NAMESPACES.id, undefined, name);
    if (!found) throw notFound(NAMESPACES, name);
    if (!found.metadata.deletionTimestamp) return;
    const why = `unable to create new content in namespace ${name} because it is being terminated`;
    const message = `namespace ${name} is being terminated`;
    throw forbidden(resource, metadata.name, why, [
      { reason: 'NamespaceTerminating', message, field: 'metadata.namespace' },
    ]);
  }

  #insert(resource: Resource, next: KubeObject, options: WriteOptions): KubeObject {
    const { namespace, name } = next.metadata;
    const existing = this.store.get(resource.id, namespace, name);
    if (existing)
      throw alreadyExists(resource, name, existing.metadata.deletionTimestamp ? 'object is being deleted: ' : '');
    return this.#replace(resource, next, options);
  }

  #replace(resource: Resource, next: KubeObject, { dryRun }: WriteOptions): KubeObject {
    if (JSON.stringify(next).length > SIZE_LIMIT) throw internalError('etcdserver: request is too large');
    if (dryRun) return next;
    const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = next.metadata;
    const isDone = deletionTimestamp && finalizers.length === 0 && deletionGracePeriodSeconds === 0;
    return isDone && resource.id !== NAMESPACES.id
      ? this.store.remove(resource.id, next)
      : this.store.put(resource.id, next);
  }

  /** The live object with those parts replaced that this endpoint may replace. */
  #replaced(resource: Resource, live: KubeObject, proposed: KubeObject, subresource: string | undefined): KubeObject {
    if (subresource === 'status') {
      const { status: _, ...rest } = live;
      return structuredClone({
        ...rest,
        ...(proposed['status'] === undefined ? {} : { status: proposed['status'] }),
      }) as KubeObject;
    }
    const next = structuredClone(proposed);
    const kept = ['uid', 'creationTimestamp', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields', 'resourceVersion', 'generateName', 'namespace']; // prettier-ignore
    for (const field of kept) copyField(live.metadata, next.metadata, field);
    if (resource.subresources.includes('status')) copyField(live, next, 'status');
    return next;
  }

  #raiseGeneration(resource: Resource, live: KubeObject, next: KubeObject): void {
    if (live.metadata.generation === undefined) return;
    const part = ({ metadata: _, status, ...rest }: KubeObject) =>
      resource.subresources.includes('status') ? rest : { ...rest, status };
    if (!isDeepStrictEqual(part(live), part(next))) next.metadata.generation = live.metadata.generation + 1;
  }

  /** Prunes, defaults and validates. */
  #admit(resource: Resource, next: KubeObject, options: WriteOptions, live?: KubeObject, subresource?: string): void {
    const unknown: string[] = [];
    normalise(resource.schema, next, unknown);
    dropEmpty(next, resource.isCustom);
    if (resource.isCustom) this.#reportUnknown(resource, next, unknown.sort(), options, live !== undefined);
    if (resource.isCustom && !live && resource.subresources.includes('status')) Reflect.deleteProperty(next, 'status');
    const rules = resource.isCustom ? {} : builtinRules(resource.kind);
    rules.complete?.(next);
    const structural = subresource
      ? validateStatus(resource, next)
      : validate({ ...resource.schema, properties: { ...resource.schema.properties, status: {} } }, next);
    if (!resource.isCustom) refuseUnreadable(resource, structural);
    const isBlocked = structural.some(({ reason }) => BLOCKING.includes(reason)) && rulesOf(resource.schema).length > 0;
    const causes = [
      ...checkMetadata(resource, next),
      ...(live ? checkFinalizers(live, next) : []),
      ...structural,
      ...(isBlocked ? [cause.invalid('<nil>', null, UNCHECKED)] : []),
      ...(structural.length || !live ? [] : checkRules(resource.schema, next, live)),
      ...(rules.check?.(next, live) ?? []),
    ];
    if (causes.length) throw invalid(resource, next.metadata.name ?? '', causes);
    if (!subresource) options.warnings.push(...finalizerWarnings(next));
  }

  #reportUnknown(
    { kind, version }: Resource,
    next: KubeObject,
    unknown: string[],
    options: WriteOptions,
    isUpdate: boolean,
  ): void {
    const texts = unknown.map((path) => `unknown field "${path}"`);
    if (texts.length === 0 || options.fieldValidation === 'Ignore') return;
    if (options.fieldValidation === 'Warn') return void options.warnings.push(...texts);
    const why = `strict decoding error: ${texts.join(', ')}`;
    if (isUpdate) throw invalid({ kind: '', group: '' }, '', [cause.invalid('patch', JSON.stringify(next), why)]);
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);
  }
}

/** Go leaves empty maps and lists out where it knows the type. */
function dropEmpty(object: KubeObject, isCustom: boolean): void {
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'])
    if (isEmpty(object.metadata[field])) Reflect.deleteProperty(object.metadata, field);
  if (!isCustom && isEmpty(object['data'])) Reflect.deleteProperty(object, 'data');
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

export const nameMismatch = (inBody: string, inUrl: string) =>
  badRequest(`the name of the object (${inBody}) does not match the name on the URL (${inUrl})`);

/** Errors that keep the real server from evaluating CEL rules; a broken bound does not. */
const BLOCKING = ['FieldValueRequired', 'FieldValueTypeInvalid', 'FieldValueTooLong', 'FieldValueDuplicate'];
const UNCHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

function validateStatus(resource: Resource, next: KubeObject): Cause[] {
  const schema = resource.schema.properties?.['status'];
  return schema && next['status'] !== undefined ? validate(schema, next['status'], 'status') : [];
}

/** Built-in kinds are decoded into Go types, so a wrong type is a decoding error there. */
function refuseUnreadable({ kind, version }: Resource, causes: Cause[]): void {
  const wrong = causes.find(({ reason }) => reason === 'FieldValueTypeInvalid');
  if (!wrong) return;
  const [, actual, wanted] = /"(\w+)": .* must be of type (\w+)/.exec(wrong.message) ?? [];
  const go = actual === 'integer' ? 'number' : actual;
  const field = wrong.field.replace(/\.[^.]+$/, '');
  throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${go} into Go struct field ${kind}.${field} of type ${wanted}`); // prettier-ignore
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

function bare({ metadata, ...rest }: KubeObject): JsonObject {
  const { managedFields: _owners, resourceVersion: _version, ...own } = metadata;
  return { ...rest, metadata: own };
}

// The alphabet has no vowels and no digits that look like letters, so that no words come out.
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const randomSuffix = () => [...randomBytes(5)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
