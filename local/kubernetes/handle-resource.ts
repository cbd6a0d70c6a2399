import type { ServerResponse } from 'node:http';
import { parse } from 'yaml';
import type { Write } from './admission.ts';
import { mediaType, readBody, readObject } from './body.ts';
import { at, type JsonObject, type KubeObject } from './kube-object.ts';
import { checkVersion, listObjects, listOf } from './list.ts';
import { nameMismatch, type Objects } from './objects.ts';
import { APPLY, decodePatch, JSON_PATCH, MERGE_PATCH, patched, readConfiguration, STRATEGIC } from './patch-body.ts';
import { podLog, podNameOf, podProxy, type KubeletAccess } from './pod-connection.ts';
import { checkMethod } from './check-method.ts';
import type { Call } from './request.ts';
import { formatOf, render, send, setWarnings } from './respond.ts';
import { selectorOf } from './selectors.ts';
import {
  badRequest,
  cause,
  conflict,
  detailsOf,
  forbidden,
  invalid,
  methodNotAllowed,
  notFound,
  StatusError,
  unsupportedMediaType,
} from './status-error.ts';
import { watch } from './watch.ts';
import { deleteOptions, writeOptions, type DeleteOptions } from './write-options.ts';

const PROTECTED = ['default', 'kube-system', 'kube-public'];
/** Deleting one of these answers the object; of the others, a Status. */
const ANSWERED = ['Pod', 'Service', 'Namespace', 'ServiceAccount'];

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
      throw conflict(
        { ...call.resource, plural: 'pods/binding' },
        name,
        `pod ${name} is already assigned to node "${String(spec['nodeName'])}"`,
      );
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
      throw invalid({ kind: plural, group }, object.metadata.name, [
        cause.invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
      ]);
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
