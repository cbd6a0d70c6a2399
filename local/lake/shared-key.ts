import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a SharedKey signature covers. https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
export interface Signed {
  /** The verb on the wire, not one that overrides it. */
  method: string;
  /** The path as sent, still encoded. */
  rawPath: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}

const COVERED = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

/** The Authorization header of a request. */
export function sign(signed: Signed, account: string, key: string): string {
  const hmac = createHmac('sha256', Buffer.from(key, 'base64')).update(stringToSign(signed, account), 'utf8');
  return `SharedKey ${account}:${hmac.digest('base64')}`;
}

/** Whether the request carries the signature that the key gives. */
export function isSigned(signed: Signed, account: string, key: string): boolean {
  const expected = Buffer.from(sign(signed, account, key));
  const sent = Buffer.from(signed.headers.authorization ?? '');
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}

function stringToSign({ method, rawPath, query, headers }: Signed, account: string): string {
  const covered = COVERED.map((name) => {
    const value = String(headers[name] ?? '');
    return name === 'content-length' && value === '0' ? '' : value;
  });
  return [method, ...covered, ...canonicalHeaders(headers), `/${account}${rawPath}${canonicalQuery(query)}`].join('\n');
}

function canonicalHeaders(headers: IncomingHttpHeaders): string[] {
  return Object.keys(headers)
    .filter((name) => name.startsWith('x-ms-'))
    .sort()
    .map((name) => `${name}:${String(headers[name]).replace(/\s+/g, ' ').trim()}`);
}

function canonicalQuery(query: URLSearchParams): string {
  const names = [...new Set([...query.keys()])].sort();
  return names.map((name) => `\n${name.toLowerCase()}:${query.getAll(name).sort().join(',')}`).join('');
}
