import type { IncomingMessage } from 'node:http';
import type { User } from './access.ts';
import { StatusError, unknownPath } from './status-error.ts';
import type { Resource } from './resources.ts';

/** What a request is about, in the words of access rules. */
export interface RequestInfo {
  verb: string;
  path: string;
  query: URLSearchParams;
  isResource: boolean;
  group: string;
  version: string;
  plural: string;
  namespace?: string;
  name?: string;
  subresource?: string;
  /** What follows the subresource: the path of a proxy request. */
  rest: string;
}

/** A request for a resource that is served, by somebody who may. */
export interface Call extends RequestInfo {
  resource: Resource;
  request: IncomingMessage;
  user: User;
}

const VERBS: Record<string, string> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Reads the path and the query as the real server does. */
export function parseRequest(method: string, url: string): RequestInfo {
  const { pathname, searchParams: query } = new URL(`http://server${url.startsWith('//') ? `/unknown${url}` : url}`);
  const base = { verb: VERBS[method] ?? method.toLowerCase(), path: pathname, query, isResource: false, rest: '' };
  const [root, ...parts] = pathname.replace(/\/$/, '').slice(1).split('/').map(decodeURIComponent);
  const [group, version] = root === 'api' ? ['', parts.shift()] : [parts.shift(), parts.shift()];
  if ((root !== 'api' && root !== 'apis') || group === undefined || !version || parts.length === 0)
    return { ...base, group: '', version: '', plural: '' };
  return { ...base, ...parseResource(parts, base.verb, query), group, version, isResource: true };
}

function parseResource(parts: string[], verb: string, query: URLSearchParams) {
  const isLegacyWatch = parts[0] === 'watch';
  if (isLegacyWatch) parts = parts.slice(1);
  let namespace: string | undefined;
  if (parts[0] === 'namespaces' && parts[1]) {
    namespace = parts[1];
    if (parts.length > 2 && !['status', 'finalize'].includes(parts[2] ?? '')) parts = parts.slice(2);
  }
  const [plural = '', name, subresource, ...rest] = parts;
  if (!name && verb === 'get') verb = isLegacyWatch || isTrue(query.get('watch')) ? 'watch' : 'list';
  if (!name && verb === 'delete') verb = 'deletecollection';
  return {
    verb,
    plural,
    rest: rest.join('/'),
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(subresource ? { subresource } : {}),
  };
}

export const isTrue = (value: string | null) => value !== null && !['', '0', 'false'].includes(value);

/** The resource asked for; how the real server says that there is none depends on the group. */
export function findResource(resources: Resource[], info: RequestInfo): Resource {
  const found = resources.find(
    ({ group, version, plural }) => group === info.group && version === info.version && plural === info.plural,
  );
  if (found) return found;
  if (info.group === '' && info.version === 'v1') throw unknownPath();
  throw pageNotFound();
}

/** Answered in plain text, as the real server does where no handler is. */
export const pageNotFound = () => new StatusError(404, 'PlainText', '404 page not found\n');
