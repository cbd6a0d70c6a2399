import type { ServerResponse } from 'node:http';
import { parse } from 'yaml';
import type { Write } from './admission.ts';
import { mediaType, parseJson, readBody, readObject } from './body.ts';
import { at, isObject, type JsonObject, type KubeObject } from './kube-object.ts';
import { checkVersion, listObjects, listOf } from './list.ts';
import { nameMismatch, type Objects } from './objects.ts';
import { applyJsonPatch, mergePatch, strategicMerge } from './patch.ts';
import { podLog, podNameOf, podProxy, type KubeletAccess } from './pod-connection.ts';
import { pageNotFound, type Call } from './request.ts';
import { verbsOf, type Resource } from './resources.ts';
import { formatOf, render, send, setWarnings } from './respond.ts';
import { normalise, validate } from './schema.ts';
import { selectorOf } from './selectors.ts';
import { badRequest, cause, conflict, detailsOf, forbidden, internalError, invalid, methodNotAllowed, notFound, StatusError, unsupported, unsupportedMediaType } from './status-error.ts'; // prettier-ignore
import { watch } from './watch.ts';
import { deleteOptions, writeOptions, type DeleteOptions } from './write-options.ts';
import { readJsonPath } from './json-path.ts';

const PROTECTED = ['default', 'kube-system', 'kube-public'];
/** Deleting one of these answers the object; of the others, a Status. */
const ANSWERED = ['Pod', 'Service', 'Namespace', 'ServiceAccount'];
const [JSON_PATCH, MERGE_PATCH] = ['application/json-patch+json', 'application/merge-patch+json'];
const [STRATEGIC, APPLY] = ['application/strategic-merge-patch+json', 'application/apply-patch+yaml'];

interface Answer {
  code?: number;
  document: JsonObject;
  warnings?: string[];
}

/** Answers requests for objects and lists of them. */
export class ResourceHandler {
  readonly #objects: Objects;
  readonly #kubelet: KubeletAccess;

  constructor(objects: Objects, kubelet: KubeletAccess) {
    this.#objects = objects;
    this.#kubelet = kubelet;
  }

  async handle(call: Call, response: ServerResponse): Promise<void> {
    const { request, resource, subresource, query } = call;
    const { store } = this.#objects;
    const isOfPod = resource.kind === 'Pod';
    if (isOfPod && subresource === 'proxy') return podProxy(this.#pod(call), call, request, response);
    if (isOfPod && subresource === 'log') return podLog(store, this.#pod(call), query, this.#kubelet, response);
    const format = formatOf(request.headers.accept, query);
    checkMethod(call);
    if (call.verb === 'watch') return watch({ store, resource, namespace: scopeOf(call), query, format, response });
    const { code = 200, document, warnings = [] } = await this.#answer(call);
    setWarnings(response, warnings);
    send(response, code, render(resource, document, format), format);
  }

  #answer(call: Call): Answer | Promise<Answer> {
    switch (call.verb) {
      case 'get':
        return this.#get(call);
      case 'list':
        return { document: listObjects(this.#objects.store, call.resource, scopeOf(call), call.query) };
      case 'create':
        return call.subresource === 'binding' ? this.#bind(call) : this.#create(call);
      case 'update':
        return this.#put(call);
      case 'patch':
        return this.#patch(call);
      case 'delete':
        return this.#delete(call);
      default:
        return this.#deleteCollection(call);
    }
  }

  #pod({ resource, namespace, name = '' }: Call): KubeObject {
    return this.#objects.get(resource, namespace, podNameOf(name));
  }

  #live(call: Call): KubeObject {
    return this.#objects.get(call.resource, scopeOf(call), call.name ?? '');
  }

  #get(call: Call): Answer {
    checkVersion(this.#objects.store, call.query.get('resourceVersion') ?? '');
    return { document: this.#live(call) };
  }

  async #create(call: Call): Promise<Answer> {
    const write = writeOf(call, 'CreateOptions');
    const object = await readObject(call.request, call.resource, write.options.fieldValidation === 'Strict');
    setNamespace(object, scopeOf(call));
    checkName(object, call.name);
    return { code: 201, document: this.#objects.create(write, object), warnings: write.options.warnings };
  }

  /** A scheduler's answer: which node a pod is to run on. */
  async #bind(call: Call): Promise<Answer> {
    const pod = this.#live(call);
    const binding = await readObject(call.request, { kind: 'Binding', apiVersion: 'v1', group: '' });
    const spec = pod['spec'] as JsonObject;
    const name = pod.metadata.name;
    if (spec['nodeName'])
      throw conflict({ ...call.resource, plural: 'pods/binding' }, name, `pod ${name} is already assigned to node "${String(spec['nodeName'])}"`); // prettier-ignore
    const nodeName = String(at(binding, 'target', 'name') ?? '');
    this.#objects.store.put(call.resource.id, { ...pod, spec: { ...spec, nodeName } });
    return { code: 201, document: success({ code: 201 }) };
  }

  async #put(call: Call): Promise<Answer> {
    const { kind: _, plural, group, isCustom } = call.resource;
    const write = writeOf(call, 'UpdateOptions');
    const object = await readObject(call.request, call.resource);
    setNamespace(object, scopeOf(call));
    if (object.metadata.name !== call.name) throw nameMismatch(object.metadata.name, call.name ?? '');
    const live = this.#live(call);
    if (isCustom && !object.metadata.resourceVersion)
      throw invalid({ kind: plural, group }, object.metadata.name, [cause.invalid('metadata.resourceVersion', 0, 'must be specified for an update')]); // prettier-ignore
    return { document: this.#objects.update(write, live, object), warnings: write.options.warnings };
  }

  async #patch(call: Call): Promise<Answer> {
    const { resource, request } = call;
    const type = mediaType(request);
    const accepted = [JSON_PATCH, MERGE_PATCH, ...(resource.isCustom ? [] : [STRATEGIC]), APPLY];
    const text = await readBody(request);
    if (!accepted.includes(type)) throw unsupportedMediaType(accepted);
    const write = writeOf(call, 'PatchOptions', type === APPLY);
    const { warnings } = write.options;
    if (type === APPLY) return { ...this.#apply(call, write, text), warnings };
    const live = this.#live(call);
    const proposed = patched(resource, type, live, decodePatch(text, type));
    checkName(proposed, call.name);
    return { document: this.#objects.update(write, live, proposed), warnings };
  }

  #apply(call: Call, write: Write, text: string): Answer {
    const { resource, name = '', subresource } = call;
    const config = readConfiguration(resource, text);
    const live = this.#objects.store.get(resource.id, scopeOf(call), name);
    if (!live && subresource) throw notFound(resource, name);
    // On what is there, conflicts come first.
    if (!live) checkName(config, name);
    setNamespace(config, scopeOf(call));
    const given = live ? config : { ...config, metadata: { ...config.metadata, name } };
    return { code: live ? 200 : 201, document: this.#objects.apply(write, live, given) };
  }

  async #delete(call: Call): Promise<Answer> {
    const { resource, name = '' } = call;
    const options = await readDeleteOptions(call);
    const live = this.#live(call);
    if (resource.kind === 'Namespace' && PROTECTED.includes(name))
      throw forbidden(resource, name, 'this namespace may not be deleted');
    const { object, isGone } = this.#objects.delete(resource, live, options);
    if (!isGone || ANSWERED.includes(resource.kind)) return { document: object };
    return { document: success({ details: { ...detailsOf(resource, name), uid: object.metadata.uid } }) };
  }

  async #deleteCollection(call: Call): Promise<Answer> {
    const { resource, query } = call;
    if (!resource.namespaced) throw methodNotAllowed();
    const options = await readDeleteOptions(call);
    const found = this.#objects.store.list(resource.id, scopeOf(call)).filter(selectorOf(resource, query));
    const items = found.map((object) => this.#objects.delete(resource, object, options).object);
    return { document: listOf(resource, items, { resourceVersion: String(this.#objects.store.revision) }) };
  }
}

const success = (more: JsonObject) => ({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...more });

/** Refuses what no object of this kind can be asked, as the real server does. */
function checkMethod({ verb, name, resource, subresource, namespace, request }: Call): void {
  const { isCustom, group, plural, namespaced } = resource;
  const kind = group ? `${plural}.${group}` : plural;
  const isKnown = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(request.method ?? '');
  const refuse = (error: StatusError) => (isCustom ? error : methodNotAllowed());
  const notFor = (what: string) => new StatusError(405, 'MethodNotAllowed', `${what} is not supported on resources of kind "${kind}"`, { group, kind: plural }); // prettier-ignore
  if (subresource && resource.unserved.includes(subresource)) throw unsupported(`the ${subresource} subresource`);
  if (subresource && !resource.subresources.includes(subresource)) throw refuse(notFound(resource, name ?? ''));
  if (!isKnown) throw refuse(notFor(''));
  if (subresource === 'status' && ['create', 'delete'].includes(verb)) throw refuse(notFor(verb));
  if (!verbsOf(resource).includes(verb) && !subresource) throw unsupported(`${verb} of ${kind} at run time`);
  if (!name && ['update', 'patch'].includes(verb)) throw refuse(badRequest('name must be provided'));
  if (name && verb === 'create' && !isCustom && subresource !== 'binding') throw methodNotAllowed();
  if (namespaced && !namespace && !['list', 'watch'].includes(verb)) throw refuse(pageNotFound());
}

const scopeOf = ({ resource, namespace }: Call) => (resource.namespaced ? namespace : undefined);

function writeOf({ resource, request, query, subresource }: Call, kind: string, isApply = false): Write {
  const options = writeOptions(kind, query, request.headers['user-agent'], isApply);
  return { resource, options, ...(subresource ? { subresource } : {}) };
}

function checkName({ metadata }: KubeObject, name: string | undefined): void {
  if (name && (metadata.name ?? name) !== name) throw nameMismatch(metadata.name, name);
}

async function readDeleteOptions({ request, query }: Call): Promise<DeleteOptions> {
  const text = await readBody(request);
  try {
    return deleteOptions(query, (text ? parse(text) : {}) as DeleteOptions);
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw badRequest("couldn't get version/kind; json parse error: unexpected end of JSON input");
  }
}

function setNamespace({ metadata }: KubeObject, namespace: string | undefined): void {
  if (namespace && (metadata.namespace ?? namespace) !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (namespace) metadata.namespace = namespace;
}

function decodePatch(text: string, type: string): unknown {
  let patch: unknown;
  try {
    patch = parseJson(text);
  } catch (error) {
    throw badRequest(`error decoding patch: ${(error as Error).message}`);
  }
  if (type === JSON_PATCH || isObject(patch)) return patch;
  throw badRequest(`error decoding patch: json: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`); // prettier-ignore
}

function patched(resource: Resource, type: string, live: KubeObject, patch: unknown): KubeObject {
  if (type === JSON_PATCH) return applyJsonPatch(live, patch);
  if (type === MERGE_PATCH) return mergePatch(live, patch) as KubeObject;
  return strategicMerge(resource.schema, live, patch) as KubeObject;
}

/** The body of a server-side apply, which may be YAML. */
function readConfiguration(resource: Resource, text: string): KubeObject {
  const value: unknown = parse(text);
  const { apiVersion, kind, metadata } = (isObject(value) ? value : {}) as Partial<KubeObject>;
  if (!apiVersion || !kind) throw badRequest('invalid object type: /, Kind=');
  if (apiVersion !== resource.apiVersion || kind !== resource.kind)
    throw badRequest(`invalid object type: ${apiVersion}, Kind=${kind}`);
  if (metadata?.managedFields) throw badRequest('metadata.managedFields must be nil');
  const config = { ...(value as KubeObject), metadata: { ...metadata } as KubeObject['metadata'] };
  const wrong = resource.isCustom ? misfit(resource, config) : undefined;
  const what = `(/${config.metadata.name}; ${apiVersion}, Kind=${kind})`;
  if (wrong) throw internalError(`failed to create typed patch object ${what}: ${wrong}`);
  return config;
}

/** Server-side apply refuses what does not fit the schema before anything else, in words of its own. */
function misfit({ schema }: Resource, config: KubeObject): string | undefined {
  const unknown: string[] = [];
  normalise(schema, structuredClone(config), unknown);
  if (unknown[0]) return `.${unknown[0]}: field not declared in schema`;
  const wrong = validate(schema, config).find(({ reason }) => reason === 'FieldValueTypeInvalid');
  const wanted = /must be of type (\w+)/.exec(wrong?.message ?? '')?.[1];
  const value = wrong && JSON.stringify(readJsonPath(config, `.${wrong.field}`));
  return wrong && `.${wrong.field}: expected ${wanted}, got &value.valueUnstructured{Value:${value}}`;
}
