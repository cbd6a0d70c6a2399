import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { kubeTime, type KubeObject } from './kube-object.ts';

/** How a cluster is reached. */
export interface ClusterAccess {
  server: string;
  token: string;
  ca: string;
}

/** A refusal of the API server, in its own words. */
export class KubeError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A collection kept current, by uid. */
export interface Mirror {
  objects: Map<string, KubeObject>;
  /** Settles once the objects that were there at the start are in. */
  synced: Promise<unknown>;
}

type Tell = (object: KubeObject, isGone: boolean) => void;
type Call = { body?: unknown; type?: string; signal?: AbortSignal };

const RECONNECT_MS = 300;

/** A plain client of one API server: what an operator needs over the wire, and nothing else. */
export class Kube {
  readonly #access: ClusterAccess;
  readonly #agent: https.Agent;

  constructor(access: ClusterAccess) {
    this.#access = access;
    this.#agent = new https.Agent({ keepAlive: true, ca: access.ca });
  }

  create = (path: string, body: KubeObject) => this.#send('POST', path, { body });
  list = async (path: string) => (await this.#send<{ items: KubeObject[] }>('GET', path)).items;

  /** Merges into the status of just this object, not of a later one of its name. */
  patchStatus = (collection: string, { metadata: { name, uid } }: KubeObject, status: object) =>
    this.#send('PATCH', `${collection}/${name}/status`, {
      body: { ...(uid && { metadata: { uid } }), status },
      type: 'application/merge-patch+json',
    }).catch(ifNot(404, 409));
  /** Writes the whole status of an object unless somebody changed the object meanwhile: then the watch tells. */
  replaceStatus = (path: string, object: KubeObject, status: object) =>
    this.#send('PUT', `${path}/status`, { body: { ...object, status } }).catch(ifNot(404, 409));

  /** Creates an object; false when one of that name is there. */
  ensure = (path: string, object: KubeObject): Promise<boolean> =>
    this.create(path, object)
      .then(() => true, ifNot(409))
      .then(Boolean);

  /** Deletes just this object, not a later one of its name. */
  remove(collection: string, { metadata: { name, uid } }: KubeObject, options: object = {}) {
    const body = { preconditions: { uid }, ...options };
    return this.#send('DELETE', `${collection}/${name}`, { body }).catch(ifNot(404, 409));
  }
  removePod(pod: KubeObject, gracePeriodSeconds?: number) {
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    return this.remove(`/api/v1/namespaces/${pod.metadata.namespace}/pods`, pod, options);
  }

  /** Records an event about an object, for people; one that cannot be written is only a pity. */
  event(about: KubeObject, reason: string, message: string, type = 'Normal'): void {
    const { apiVersion, kind, metadata } = about;
    const { name, namespace = 'default', uid } = metadata;
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${randomBytes(8).toString('hex')}`, namespace },
      involvedObject: { apiVersion, kind, name, namespace, uid },
      ...{ reason, message, type, source: { component: 'landfall' }, count: 1 },
      ...{ firstTimestamp: kubeTime(), lastTimestamp: kubeTime() },
    };
    this.#send('POST', `/api/v1/namespaces/${namespace}/events`, { body: event }).catch((error: unknown) =>
      console.error(`event ${reason} of ${name}: ${String(error)}`),
    );
  }

  /** Keeps a copy of a collection current for ever: lists, watches, resumes, and lists again where history is gone. */
  mirror(path: string, signal: AbortSignal, tell: Tell): Mirror {
    const objects = new Map<string, KubeObject>();
    const { promise: synced, resolve } = Promise.withResolvers<undefined>();
    void this.#keep(path, signal, objects, tell, () => resolve(undefined));
    return { objects, synced };
  }

  async #keep(path: string, signal: AbortSignal, objects: Mirror['objects'], tell: Tell, synced: () => void) {
    const take = (object: KubeObject, isGone: boolean) => {
      if (isGone) objects.delete(object.metadata.uid ?? '');
      else objects.set(object.metadata.uid ?? '', object);
      tell(object, isGone);
    };
    for (let version = ''; !signal.aborted;) {
      try {
        if (!version) {
          const { items, metadata } = await this.#send<{ items: KubeObject[]; metadata: { resourceVersion: string } }>(
            'GET',
            path,
          );
          const listed = new Set(items.map((item) => item.metadata.uid));
          for (const [uid, object] of [...objects]) if (!listed.has(uid)) take(object, true);
          for (const item of items) take(item, false);
          version = metadata.resourceVersion;
          synced();
        }
        for await (const { type, object } of this.#watch(path, version, signal)) {
          if (type === 'ERROR') throw new KubeError(410, JSON.stringify(object));
          if (type !== 'BOOKMARK') take(object, type === 'DELETED');
          version = object.metadata.resourceVersion ?? version;
        }
      } catch (error) {
        if (error instanceof KubeError) version = '';
        await sleep(RECONNECT_MS);
      }
    }
  }

  async *#watch(path: string, version: string, signal: AbortSignal) {
    const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=${version}`;
    const response = await this.#open('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, { signal });
    if (response.statusCode !== 200) throw new KubeError(response.statusCode ?? 0, `the watch of ${path} was refused`);
    let rest = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as { type: string; object: KubeObject };
    }
  }

  async #send<T = KubeObject>(method: string, path: string, call: Call = {}): Promise<T> {
    const response = await this.#open(method, path, call);
    const body = JSON.parse(await text(response)) as T & { message?: string };
    if ((response.statusCode ?? 0) < 300) return body;
    throw new KubeError(response.statusCode ?? 0, body.message ?? `${method} ${path}: ${response.statusCode}`);
  }

  async #open(method: string, path: string, { body, type = 'application/json', signal }: Call) {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const request = https.request(`${this.#access.server}${path}`, {
      method,
      agent: this.#agent,
      ...(signal && { signal }),
      headers: {
        authorization: `Bearer ${this.#access.token}`,
        ...(payload !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(payload) }),
      },
    });
    const [response] = (await once(request.end(payload), 'response')) as [IncomingMessage];
    return response;
  }
}

/** Lets refusals of these statuses pass as nothing. */
function ifNot(...statuses: number[]) {
  return (error: unknown): undefined => {
    if (!(error instanceof KubeError) || !statuses.includes(error.status)) throw error;
    return undefined;
  };
}
