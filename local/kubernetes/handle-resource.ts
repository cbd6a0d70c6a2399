import type { ServerResponse } from 'node:http';
import { parse } from 'yaml';
import type { Write } from './admission.ts';
import { mediaType, parseJson, readBody, readObject } from './body.ts';
import { isObject, type JsonObject, type KubeObject } from './kube-object.ts';
import { checkVersion, listed, listObjects } from './list.ts';
import { nameMismatch, type Objects } from './objects.ts';
import { applyJsonPatch, mergePatch, strategicMerge } from './patch.ts';
import { podLog, podNameOf, podProxy, type KubeletAccess } from './pod-connection.ts';
import type { Call } from './request.ts';
import type { Resource } from './resources.ts';
import { formatOf, render, send, setWarnings, type Format } from './respond.ts';
import { selectorOf } from './selectors.ts';
import { badRequest, cause, forbidden, internalError, invalid, methodNotAllowed, notFound, StatusError, unsupported, unsupportedMediaType } from './status-error.ts'; // prettier-ignore
import { watch } from './watch.ts';
import { deleteOptions, writeOptions, type DeleteOptions, type WriteOptions } from './write-options.ts';
import { normalise, validate } from './schema.ts';
import { readJsonPath } from './table.ts';

const PROTECTED = ['default', 'kube-system', 'kube-public'];
/** Deleting one of these answers the object; of the others, a Status. */
const ANSWERED = ['Pod', 'Service', 'Namespace', 'ServiceAccount'];

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
    if (subresource === 'proxy' && resource.kind === 'Pod') return podProxy(this.#pod(call), call, request, response);
    if (subresource === 'log' && resource.kind === 'Pod')
      return podLog(this.#objects.store, resource, this.#pod(call), query, this.#kubelet, response);
    const format = formatOf(request.headers.accept, query);
    this.#checkMethod(call);
    switch (call.verb) {
      case 'get':
        return this.#get(call, response, format);
      case 'list':
        return send(
          response,
          200,
          render(resource, listObjects(this.#objects.store, resource, scopeOf(call), query), format),
          format,
        );
      case 'watch':
        return watch({ store: this.#objects.store, resource, namespace: scopeOf(call), query, format, response });
      case 'create':
        return this.#create(call, response, format);
      case 'update':
        return this.#put(call, response, format);
      case 'patch':
        return this.#patch(call, response, format);
      case 'delete':
        return this.#delete(call, response, format);
      default:
        return this.#deleteCollection(call, response, format);
    }
  }

  #checkMethod({ verb, name, resource, subresource, namespace, request }: Call): void {
    const { isCustom, group, plural, namespaced } = resource;
    const method = request.method ?? '';
    if (subresource === 'scale' && resource.kind === 'PyTorchJob') throw unsupported('the scale subresource');
    if (subresource && !resource.subresources.includes(subresource))
      throw name && isCustom ? notFound(resource, name) : methodNotAllowed();
    const kind = group ? `${plural}.${group}` : plural;
    const unknown = (what: string) => new StatusError(405, 'MethodNotAllowed', `${what} is not supported on resources of kind "${kind}"`, { group, kind: plural }); // prettier-ignore
    if (method === 'HEAD' || !['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
      throw isCustom ? unknown('') : methodNotAllowed();
    if (subresource === 'status' && (verb === 'create' || verb === 'delete'))
      throw isCustom ? unknown(verb) : methodNotAllowed();
    if (resource.isReadOnly && !['get', 'list', 'watch'].includes(verb))
      throw unsupported(`${verb} of ${kind} at run time`);
    if (!name && (verb === 'update' || verb === 'patch'))
      throw isCustom ? badRequest('name must be provided') : methodNotAllowed();
    if (name && verb === 'create' && !isCustom && subresource !== 'binding') throw methodNotAllowed();
    const needsNamespace = namespaced && !namespace && !['list', 'watch'].includes(verb);
    if (needsNamespace) throw isCustom ? new StatusError(404, 'PlainText', '404 page not found\n') : methodNotAllowed();
  }

  #pod({ resource, namespace, name = '' }: Call): KubeObject {
    return this.#objects.get(resource, namespace, podNameOf(name));
  }

  #live({ resource, name = '' }: Call, namespace: string | undefined): KubeObject {
    return this.#objects.get(resource, namespace, name);
  }

  #get(call: Call, response: ServerResponse, format: Format): void {
    checkVersion(this.#objects.store, call.query.get('resourceVersion') ?? '');
    send(response, 200, render(call.resource, this.#live(call, scopeOf(call)), format), format);
  }

  async #create(call: Call, response: ServerResponse, format: Format): Promise<void> {
    const { resource, request, query, namespace, name } = call;
    if (call.subresource === 'binding') return this.#bind(call, response);
    const options = writeOptions('CreateOptions', query, request.headers['user-agent']);
    const object = await readObject(request, resource, options.fieldValidation === 'Strict');
    setNamespace(object, resource.namespaced ? namespace : undefined);
    if (name && (object.metadata.name ?? name) !== name) throw nameMismatch(object.metadata.name, name);
    this.#sendWritten(call, response, 201, this.#objects.create({ resource, options }, object), options, format);
  }

  /** A scheduler's answer: which node a pod is to run on. */
  async #bind(call: Call, response: ServerResponse): Promise<void> {
    const pod = this.#live(call, call.namespace);
    const binding = await readObject(call.request, { kind: 'Binding', apiVersion: 'v1', group: '' });
    const nodeName = String((binding['target'] as JsonObject | undefined)?.['name'] ?? '');
    const spec = pod['spec'] as JsonObject;
    if (spec['nodeName']) throw alreadyBound(call, pod);
    this.#objects.store.put(call.resource.id, { ...pod, spec: { ...spec, nodeName } });
    send(response, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  }

  async #put(call: Call, response: ServerResponse, format: Format): Promise<void> {
    const { resource, request, query, name = '', namespace } = call;
    const options = writeOptions('UpdateOptions', query, request.headers['user-agent']);
    const object = await readObject(request, resource);
    setNamespace(object, resource.namespaced ? namespace : undefined);
    if (object.metadata.name !== name) throw nameMismatch(object.metadata.name, name);
    const live = this.#live(call, scopeOf(call));
    if (resource.isCustom && !object.metadata.resourceVersion)
      throw invalid({ kind: resource.plural, group: resource.group }, name, [cause.invalid('metadata.resourceVersion', 0, 'must be specified for an update')]); // prettier-ignore
    this.#sendWritten(call, response, 200, this.#objects.update(writeOf(call, options), live, object), options, format);
  }

  async #patch(call: Call, response: ServerResponse, format: Format): Promise<void> {
    const { resource, request, query, name = '' } = call;
    const type = mediaType(request);
    const strategic = resource.isCustom ? [] : ['application/strategic-merge-patch+json'];
    const accepted = [
      'application/json-patch+json',
      'application/merge-patch+json',
      ...strategic,
      'application/apply-patch+yaml',
    ];
    const text = await readBody(request);
    if (!accepted.includes(type)) throw unsupportedMediaType(accepted);
    if (type === 'application/apply-patch+yaml') return this.#apply(call, text, response, format);
    const options = writeOptions('PatchOptions', query, request.headers['user-agent']);
    const live = this.#live(call, scopeOf(call));
    const proposed = patched(call, type, live, decodePatch(text, type));
    if (proposed.metadata.name !== name) throw nameMismatch(proposed.metadata.name, name);
    this.#sendWritten(
      call,
      response,
      200,
      this.#objects.update(writeOf(call, options), live, proposed),
      options,
      format,
    );
  }

  #apply(call: Call, text: string, response: ServerResponse, format: Format): void {
    const { resource, request, query, name = '', namespace, subresource } = call;
    const options = writeOptions('PatchOptions', query, request.headers['user-agent'], true);
    const config = readConfiguration(call, text);
    const live = this.#objects.store.get(resource.id, scopeOf(call), name);
    if (!live && subresource) throw notFound(resource, name);
    if (!live && (config.metadata.name ?? name) !== name) throw nameMismatch(config.metadata.name, name);
    if (!live) config.metadata.name = name;
    setNamespace(config, resource.namespaced ? namespace : undefined);
    const applied = this.#objects.apply(writeOf(call, options), live, config);
    this.#sendWritten(call, response, live ? 200 : 201, applied, options, format);
  }

  async #delete(call: Call, response: ServerResponse, format: Format): Promise<void> {
    const { resource, name = '' } = call;
    const options = await this.#deleteOptions(call);
    const live = this.#live(call, scopeOf(call));
    if (resource.kind === 'Namespace' && PROTECTED.includes(name))
      throw forbidden(resource, name, 'this namespace may not be deleted');
    const { object, isGone } = this.#objects.delete(resource, live, options);
    if (!isGone || ANSWERED.includes(resource.kind))
      return send(response, 200, render(resource, object, format), format);
    const { group, plural: kind } = resource;
    const details = { name, ...(group ? { group } : {}), kind, uid: object.metadata.uid };
    send(response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }, format);
  }

  async #deleteCollection(call: Call, response: ServerResponse, format: Format): Promise<void> {
    const { resource, query } = call;
    if (!resource.namespaced) throw methodNotAllowed();
    const options = await this.#deleteOptions(call);
    const matches = selectorOf(resource, query);
    const { store } = this.#objects;
    const items = store
      .list(resource.id, scopeOf(call))
      .filter(matches)
      .map((object) => listed(resource, this.#objects.delete(resource, object, options).object));
    const metadata = { ...(resource.isCustom ? { continue: '' } : {}), resourceVersion: String(store.revision) };
    send(
      response,
      200,
      render(resource, { kind: `${resource.kind}List`, apiVersion: resource.apiVersion, metadata, items }, format),
      format,
    );
  }

  async #deleteOptions({ request, query }: Call): Promise<DeleteOptions> {
    const text = await readBody(request);
    if (!text) return deleteOptions(query, {});
    try {
      return deleteOptions(
        query,
        (mediaType(request) === 'application/yaml' ? parse(text) : parseJson(text)) as DeleteOptions,
      );
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw badRequest(`couldn't get version/kind; json parse error: ${error.message}`);
    }
  }

  #sendWritten(
    call: Call,
    response: ServerResponse,
    code: number,
    object: KubeObject,
    options: WriteOptions,
    format: Format,
  ): void {
    setWarnings(response, options.warnings);
    send(response, code, render(call.resource, object, format), format);
  }
}

const writeOf = ({ resource, subresource }: Call, options: WriteOptions): Write => ({
  resource,
  options,
  ...(subresource ? { subresource } : {}),
});

const scopeOf = ({ resource, namespace }: Call) => (resource.namespaced ? namespace : undefined);

const alreadyBound = ({ resource }: Call, { metadata, ...pod }: KubeObject) =>
  new StatusError(409, 'Conflict', `Operation cannot be fulfilled on pods/binding "${metadata.name}": pod ${metadata.name} is already assigned to node "${String((pod['spec'] as JsonObject)['nodeName'])}"`, { name: metadata.name, kind: `${resource.plural}/binding` }); // prettier-ignore

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
  if (type === 'application/json-patch+json' || isObject(patch)) return patch;
  throw badRequest(`error decoding patch: json: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`); // prettier-ignore
}

function patched({ resource }: Call, type: string, live: KubeObject, patch: unknown): KubeObject {
  if (type === 'application/json-patch+json') return applyJsonPatch(live, patch);
  if (type === 'application/merge-patch+json') return mergePatch(live, patch) as KubeObject;
  return strategicMerge(resource.schema, live, patch) as KubeObject;
}

/** The body of a server-side apply, which may be YAML. */
function readConfiguration({ resource }: Call, text: string): KubeObject {
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
