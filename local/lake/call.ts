import type { IncomingMessage } from 'node:http';
import { LakeError } from './lake-error.ts';

/** One request to the lake, taken apart. */
export interface Call {
  request: IncomingMessage;
  /** The verb that is meant: clients that cannot send PATCH send PUT and an override. */
  method: string;
  rawPath: string;
  query: URLSearchParams;
  filesystem: string;
  /** Decoded, without slashes at its ends; empty for the root. */
  path: string;
}

/** Takes a request apart; its path starts with the account. */
export function parseCall(request: IncomingMessage, account: string): Call {
  const [rawPath = '/', rawQuery = ''] = (request.url ?? '/').split(/\?(.*)/s);
  // The JavaScript SDK leaves the account out of the target of a rename, where it keeps it in the source.
  const lacksAccount = !isBelow(rawPath, account) && isBelow(header(request, 'x-ms-rename-source') ?? '', account);
  const place = parsePlace(lacksAccount ? `/${account}${rawPath}` : rawPath, account);
  if (!place)
    throw new LakeError(
      404,
      'ResourceNotFound',
      `The only account here is ${account}: use /${account}/FILESYSTEM/PATH.`,
    );
  return {
    request,
    method: header(request, 'x-http-method-override') ?? request.method ?? 'GET',
    rawPath,
    query: new URLSearchParams(rawQuery),
    ...place,
  };
}

/** The file system and path of an encoded `/ACCOUNT/FILESYSTEM/PATH`. */
export function parsePlace(rawPath: string, account: string): { filesystem: string; path: string } | undefined {
  if (!isBelow(rawPath, account)) return undefined;
  const [, , filesystem = '', ...rest] = decode(rawPath).split('/');
  return { filesystem, path: rest.join('/').replace(/^\/+|\/+$/g, '') };
}

function isBelow(rawPath: string, account: string): boolean {
  return rawPath === `/${account}` || rawPath.startsWith(`/${account}/`);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new LakeError(400, 'InvalidUri', `The path ${path} is not well encoded.`);
  }
}

/** One header's value; an empty one counts as absent, as clients send those too. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return (Array.isArray(value) ? value.join(',') : value) || undefined;
}

/** Tells a DFS call from a Blob call: both come to the same port. */
export function speaksDfs({ request, method, query }: Call): boolean {
  if (query.has('restype') || query.has('comp')) return false;
  if (query.has('resource') || query.has('action') || method === 'PATCH') return true;
  if (header(request, 'x-ms-rename-source') || (method === 'DELETE' && query.has('recursive'))) return true;
  // What is left looks the same in both; DFS clients ask for JSON errors, Blob clients for XML.
  return (header(request, 'accept') ?? '').includes('application/json');
}
