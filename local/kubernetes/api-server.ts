import { mkdirSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Access, authenticate, initialRoles, type User } from './access.ts';
import { readObject } from './body.ts';
import { startControllers } from './controllers.ts';
import { discover, openApi } from './discovery.ts';
import { ResourceHandler } from './handle-resource.ts';
import type { KubeObject } from './kube-object.ts';
import { Objects } from './objects.ts';
import type { KubeletAccess } from './pod-connection.ts';
import { findResource, pageNotFound, parseRequest, type RequestInfo } from './request.ts';
import { isReview, resourcesOf, type Resource } from './resources.ts';
import { send, sendError, sendText } from './respond.ts';
import { review } from './reviews.ts';
import { unsupported } from './status-error.ts';
import { Store } from './store.ts';

export interface ApiServerOptions {
  /** Names the file in dataDir. */
  name: string;
  /** 0 takes any free port. */
  port: number;
  dataDir: string;
  tls: { key: string; cert: string };
  tokens: Record<string, User>;
  /** Parsed CustomResourceDefinition documents. */
  crds: object[];
  kubelet: KubeletAccess;
}

export interface ApiServer {
  url: string;
  close: () => Promise<void>;
}

/** Starts a Kubernetes API server on 127.0.0.1. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  mkdirSync(options.dataDir, { recursive: true });
  const resources = resourcesOf(options.crds);
  const store = new Store(join(options.dataDir, `${options.name}.sqlite`));
  const objects = new Objects(store);
  const stopControllers = startControllers(objects, resources, options.kubelet.ca);
  if (store.isNew) seed(objects, resources, options.crds);
  const handler = new RootHandler(options, resources, objects);
  const server = createServer(options.tls, (request, response) => void handler.handle(request, response));
  // Longer than clients keep idle connections, so that none is closed under a request that was just sent.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    stopControllers();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    store.close();
  };
  return { url, close };
}

/** What a new cluster has before anybody writes. */
function seed(objects: Objects, resources: Resource[], crds: object[]): void {
  const options = { dryRun: false, manager: 'kube-apiserver', fieldValidation: 'Ignore', force: false, warnings: [] };
  const namespaces = ['default', 'kube-system', 'kube-public'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  for (const object of [...namespaces, ...initialRoles(), ...(crds as KubeObject[])]) {
    const resource = resources.find(({ kind }) => kind === object.kind);
    if (resource) objects.create({ resource, options }, object);
  }
  objects.store.compact();
}

class RootHandler {
  readonly #options: ApiServerOptions;
  readonly #resources: Resource[];
  readonly #access: Access;
  readonly #handler: ResourceHandler;

  constructor(options: ApiServerOptions, resources: Resource[], objects: Objects) {
    this.#options = options;
    this.#resources = resources;
    this.#access = new Access(objects.store);
    this.#handler = new ResourceHandler(objects, options.kubelet);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(request, response);
    } catch (error) {
      // What is left of the body must be taken, or the client never reads the answer.
      request.resume();
      sendError(response, error);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const info = parseRequest(request.method ?? 'GET', request.url ?? '/');
    const user = this.#impersonate(request, authenticate(request.headers.authorization, this.#options.tokens));
    this.#access.require(user, info);
    if (!info.isResource) return this.#answerOther(info, request, response);
    const resource = findResource(this.#resources, info);
    if (isReview(resource) && info.verb === 'create')
      return send(response, 201, review(this.#access, user, await readObject(request, resource)));
    await this.#handler.handle({ ...info, resource, request, user }, response);
  }

  #impersonate(request: IncomingMessage, user: User): User {
    const name = request.headers['impersonate-user'];
    if (typeof name !== 'string') return user;
    this.#access.require(user, { verb: 'impersonate', path: '', isResource: true, group: '', plural: 'users', name });
    throw unsupported('impersonation');
  }

  #answerOther({ path }: RequestInfo, request: IncomingMessage, response: ServerResponse): void {
    if (['/healthz', '/livez', '/readyz'].includes(path)) return sendText(response, 200, 'ok');
    const description = openApi(this.#resources, path);
    if (description) return send(response, 200, description);
    if (path.startsWith('/openapi/v3')) return void response.writeHead(404).end();
    if (path.startsWith('/openapi')) throw unsupported('OpenAPI v2');
    const found = discover(this.#resources, path, request.headers.host ?? '');
    if (!found) throw pageNotFound();
    send(response, 200, found);
  }
}
