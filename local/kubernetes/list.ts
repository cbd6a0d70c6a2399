import { at, type JsonObject, type KubeObject } from './kube-object.ts';
import type { Resource } from './resources.ts';
import { selectorOf } from './selectors.ts';
import { badRequest, cause, invalidOptions, StatusError, tooLargeVersion } from './status-error.ts';
import type { Store } from './store.ts';

interface Page {
  revision: number;
  start: string;
}

/** Refuses a resourceVersion that is no number, or that is not there yet. */
export function checkVersion(store: Store, text: string): number {
  if (!/^\d*$/.test(text))
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    );
  const version = Number(text);
  if (version > store.revision) throw tooLargeVersion(version, store.revision);
  return version;
}

/** A list, or one page of it: pages after the first show the revision of the first. */
export function listObjects(
  store: Store,
  resource: Resource,
  namespace: string | undefined,
  query: URLSearchParams,
): JsonObject {
  // What is served from the watch cache comes whole.
  const limit = query.get('resourceVersion') === '0' ? Infinity : limitOf(query);
  const matches = selectorOf(resource, query);
  const page = pageOf(store, query);
  const after = store
    .list(resource.id, namespace, page.revision)
    .filter((object) => positionOf(object, namespace) >= page.start)
    .filter(matches);
  const items = after.slice(0, limit);
  const remaining = after.length - items.length;
  const isSelective = query.has('labelSelector') || query.has('fieldSelector');
  const last = items.at(-1);
  const next =
    remaining && last ? encode({ revision: page.revision, start: `${positionOf(last, namespace)}\0` }) : undefined;
  return listOf(resource, items, {
    ...(next ? { continue: next } : {}),
    ...(next && !isSelective ? { remainingItemCount: remaining } : {}),
    resourceVersion: String(page.revision),
  });
}

/** The list document; items of built-in kinds do not repeat what kind they are. */
export function listOf({ kind, apiVersion, isCustom }: Resource, objects: KubeObject[], meta: JsonObject): JsonObject {
  const items = isCustom ? objects : objects.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest);
  return { kind: `${kind}List`, apiVersion, metadata: { ...(isCustom ? { continue: '' } : {}), ...meta }, items };
}

const positionOf = ({ metadata }: KubeObject, namespace: string | undefined) =>
  namespace === undefined && metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') ?? '';
  if (!/^-?\d*$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text) > 0 ? Number(text) : Infinity;
}

function pageOf(store: Store, query: URLSearchParams): Page {
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const token = query.get('continue');
  if (token && version && version !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  if (token) return continued(store, token);
  if (match && !version)
    throw invalidOptions(
      'ListOptions',
      cause.forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    );
  const asked = checkVersion(store, version);
  if (match !== 'Exact') return { revision: store.revision, start: '' };
  if (asked < store.compacted)
    throw new StatusError(410, 'Expired', 'The resourceVersion for the provided list is too old.');
  return { revision: asked, start: '' };
}

const encode = ({ revision, start }: Page) =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');

const EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

function continued(store: Store, token: string): Page {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch {
    throw badRequest(
      `invalid continue token: continue key is not valid: invalid character '${text[0]}' looking for beginning of value`,
    );
  }
  const [revision, start] = [Number(at(page, 'rv')), String(at(page, 'start'))];
  // A token of -1 is one that was given with 410: it goes on with what is there now.
  if (revision === -1) return { revision: store.revision, start };
  if (revision >= store.compacted) return { revision, start };
  throw new StatusError(410, 'Expired', EXPIRED, undefined, { continue: encode({ revision: -1, start }) });
}
