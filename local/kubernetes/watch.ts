import type { ServerResponse } from 'node:http';
import type { JsonObject, KubeObject } from './kube-object.ts';
import type { Resource } from './resources.ts';
import { render, type Format } from './respond.ts';
import { isTrue } from './request.ts';
import { selectorOf } from './selectors.ts';
import { cause, internalError, invalidOptions, StatusError } from './status-error.ts';
import type { Store, StoreEvent } from './store.ts';

export interface WatchOptions {
  store: Store;
  resource: Resource;
  namespace: string | undefined;
  query: URLSearchParams;
  format: Format;
  response: ServerResponse;
}

// The real server sends one a minute; clients that give up after 30 s of silence need them sooner.
const BOOKMARK_MS = 20_000;
const DEFAULT_SECONDS = 1800;

/** Streams changes, one JSON document a line, until the client leaves or timeoutSeconds are over. */
export function watch(options: WatchOptions): void {
  const { store, query, response } = options;
  const from = startOf(options);
  const stream = new Stream(options);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  if (from !== undefined && from < store.compacted) {
    stream.write(
      'ERROR',
      new StatusError(410, 'Expired', `too old resource version: ${from} (${store.compacted})`).status(),
    );
    return void response.end();
  }
  if (from === undefined) stream.writeInitial();
  else for (const event of store.since(from)) stream.offer(event);
  const stop = store.listen((event) => event.revision > (from ?? 0) && stream.offer(event));
  const seconds = Number(query.get('timeoutSeconds')) || DEFAULT_SECONDS * (1 + Math.random());
  const bookmarks = setInterval(() => stream.bookmark(), BOOKMARK_MS);
  const end = setTimeout(() => {
    stream.bookmark();
    finish();
    response.end();
  }, seconds * 1000);
  // A slow client closes its connection long after the end, and nothing may be written in between.
  const finish = () => {
    stop();
    clearTimeout(end);
    clearInterval(bookmarks);
  };
  response.on('close', finish);
}

/** The revision to start after; undefined to begin with what is there. */
function startOf({ query }: WatchOptions): number | undefined {
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch');
  const refuse = (why: string) => invalidOptions('ListOptions', cause.forbidden('resourceVersionMatch', why));
  if (query.get('continue')) throw refuse('resourceVersionMatch is forbidden when continue is provided');
  if (query.has('sendInitialEvents') && match !== 'NotOlderThan')
    throw refuse('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  if (!/^\d*$/.test(version))
    throw internalError(
      `resourceVersion: Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`,
    );
  return isTrue(query.get('sendInitialEvents')) || version === '' || version === '0' ? undefined : Number(version);
}

class Stream {
  readonly #options: WatchOptions;
  readonly #matches: (object: KubeObject) => boolean;
  #isFirst = true;

  constructor(options: WatchOptions) {
    this.#options = options;
    const matches = selectorOf(options.resource, options.query);
    const { namespace } = options;
    this.#matches = (object) => (namespace === undefined || object.metadata.namespace === namespace) && matches(object);
  }

  write(type: string, object: JsonObject): void {
    this.#options.response.write(`${JSON.stringify({ type, object })}\n`);
  }

  /** Passes a change on, as it looks through the selector: objects that begin or cease to match come and go. */
  offer({ type, resource, object, previous }: StoreEvent): void {
    if (resource !== this.#options.resource.id) return;
    const did = previous !== undefined && this.#matches(previous);
    const does = type !== 'DELETED' && this.#matches(object);
    if (does) this.#show(did ? 'MODIFIED' : 'ADDED', object);
    if (does || !did) return;
    const { resourceVersion = '' } = object.metadata;
    this.#show('DELETED', { ...previous, metadata: { ...previous.metadata, resourceVersion } });
  }

  writeInitial(): void {
    const { store, resource, namespace, query } = this.#options;
    for (const object of store.list(resource.id, namespace)) if (this.#matches(object)) this.#show('ADDED', object);
    if (isTrue(query.get('sendInitialEvents'))) this.bookmark({ annotations: { 'k8s.io/initial-events-end': 'true' } });
  }

  bookmark(more: JsonObject = {}): void {
    const { store, resource, query } = this.#options;
    if (!isTrue(query.get('allowWatchBookmarks'))) return;
    const metadata = { ...more, resourceVersion: String(store.revision) };
    this.write('BOOKMARK', { kind: resource.kind, apiVersion: resource.apiVersion, metadata });
  }

  #show(type: string, object: KubeObject): void {
    this.write(type, render(this.#options.resource, object, this.#options.format, this.#isFirst));
    this.#isFirst = false;
  }
}
