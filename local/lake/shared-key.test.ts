import { describe, expect, it } from 'vitest';
import { isSigned, sign } from './shared-key.ts';

const key = Buffer.from('a key').toString('base64');
const request = {
  method: 'PUT',
  rawPath: '/acct/fs/a%20b%2Fc%252F',
  query: new URLSearchParams('action=append&position=0&timeout=90'),
  headers: {
    'x-ms-version': '2023-11-03',
    'x-ms-date': 'Tue, 24 Nov 2026 10:00:00 GMT',
    'content-length': '0',
    'content-type': 'text/plain',
  },
};

describe('SharedKey signatures', () => {
  const signed = (changes: object = {}) => ({
    ...request,
    headers: { ...request.headers, authorization: sign(request, 'acct', key) },
    ...changes,
  });

  it('are of a known form', () => {
    expect(sign(request, 'acct', key)).toMatch(/^SharedKey acct:[A-Za-z0-9+/]{43}=$/);
  });

  it('hold for the request that was signed', () => {
    expect(isSigned(signed(), 'acct', key)).toBe(true);
  });

  it.each([
    ['another verb', { method: 'PATCH' }],
    ['another encoding of the same path', { rawPath: '/acct/fs/a b/c%2F' }],
    ['another query', { query: new URLSearchParams('action=flush') }],
    ['no headers', { headers: {} }],
  ])('do not hold for %s', (_, change) => {
    expect(isSigned(signed(change), 'acct', key)).toBe(false);
  });

  it('do not hold with another key', () => {
    expect(isSigned(signed(), 'acct', Buffer.from('other').toString('base64'))).toBe(false);
  });

  it('count an empty body as no length', () => {
    const { 'content-length': _, ...headers } = request.headers;
    expect(sign({ ...request, headers }, 'acct', key)).toBe(sign(request, 'acct', key));
  });
});
