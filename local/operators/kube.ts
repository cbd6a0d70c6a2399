import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a cluster is reached. */
export interface ClusterAccess {
  server: string;
  token: string;
  ca: string;
}

/** A Kubernetes object, as loosely as an operator reads it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- specs are validated by the API server's own schemas
  spec?: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  status?: any;
}

export class KubeError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const QUIET_MS = 3_600_000;

/** A plain client of one API server: what an operator needs over the wire, and nothing else. */
export class Kube {
  private readonly access: ClusterAccess;
  private readonly agent: https.Agent;

  constructor(access: ClusterAccess) {
    this.access = access;
    this.agent = new https.Agent({ keepAlive: true, ca: access.ca });
  }

  get = (path: string) => this.send('GET', path);
  create = (path: string, object: KubeObject) => this.send('POST', path, object);
  remove = (path: string, options = '') => this.orAbsent(this.send('DELETE', `${path}${options}`));
  /** Merges into the status alone, through the status subresource. */
  patchStatus = (path: string, status: unknown) =>
    this.orAbsent(this.send('PATCH', `${path}/status`, { status }, 'application/merge-patch+json'));

  /** Creates an object unless one of that name is there. */
  async ensure(path: string, object: KubeObject): Promise<void> {
    try {
      await this.create(path, object);
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 409) throw error;
    }
  }

  /** Tells what is there and what changes, for ever: lists, watches, resumes, and lists again where history is gone. */
  async watch(
    path: string,
    tell: (type: 'SYNC' | 'ADDED' | 'MODIFIED' | 'DELETED', objects: KubeObject[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    for (let version: string | undefined; !signal.aborted;) {
      try {
        if (version === undefined) {
          const list = (await this.get(path)) as unknown as {
            items: KubeObject[];
            metadata: { resourceVersion: string };
          };
          version = list.metadata.resourceVersion;
          tell('SYNC', list.items);
        }
        version = await this.follow(path, version, tell, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof KubeError) version = undefined;
        await sleep(300);
      }
    }
  }

  private async follow(
    path: string,
    from: string,
    tell: (type: 'ADDED' | 'MODIFIED' | 'DELETED', objects: KubeObject[]) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=600&resourceVersion=${from}`;
    const response = await this.open('GET', `${path}?${query}`, undefined, undefined, signal);
    if (response.statusCode !== 200) throw new KubeError(response.statusCode ?? 0, `The watch of ${path} was refused`);
    let version = from;
    for await (const line of createInterface({ input: response })) {
      const { type, object } = JSON.parse(line) as { type: string; object: KubeObject };
      if (type === 'ERROR') throw new KubeError(410, JSON.stringify(object));
      version = object.metadata.resourceVersion ?? version;
      if (type !== 'BOOKMARK') tell(type as 'ADDED' | 'MODIFIED' | 'DELETED', [object]);
    }
    return version;
  }

  private async send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<KubeObject> {
    const response = await this.open(method, path, body, type);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    if ((response.statusCode ?? 0) >= 300)
      throw new KubeError(response.statusCode ?? 0, `${method} ${path}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as KubeObject;
  }

  private open(
    method: string,
    path: string,
    body?: unknown,
    type?: string,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = https.request(
        `${this.access.server}${path}`,
        {
          method,
          agent: this.agent,
          timeout: QUIET_MS,
          ...(signal && { signal }),
          headers: {
            authorization: `Bearer ${this.access.token}`,
            accept: 'application/json',
            ...(payload !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(payload) }),
          },
        },
        resolve,
      );
      request.on('error', reject);
      request.end(payload);
    });
  }

  /** A write to what is gone meanwhile has nothing to do any more. */
  private async orAbsent(write: Promise<KubeObject>): Promise<KubeObject | undefined> {
    try {
      return await write;
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }
}

/** Path of an object's collection, such as pods of a namespace. */
export function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

/** Time as Kubernetes writes it: seconds, UTC. */
export function kubeTime(at = new Date()): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
