import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { parseCall, speaksDfs } from './call.ts';

function request(method: string, url: string, headers: Record<string, string> = {}): IncomingMessage {
  return { method, url, headers } as unknown as IncomingMessage;
}

describe('parseCall', () => {
  it.each([
    ['/acct/fs/a/b.csv', 'fs', 'a/b.csv'],
    ['/acct/fs/a%20b%2Bc/%C3%BC%25', 'fs', 'a b+c/ü%'],
    ['/acct/fs/part%3Da%252Fb', 'fs', 'part=a%2Fb'],
    ['/acct/fs//?action=getAccessControl', 'fs', ''],
    ['/acct/fs/dir/', 'fs', 'dir'],
    ['/acct/fs', 'fs', ''],
    ['/acct?resource=account', '', ''],
  ])('%s', (url, filesystem, path) => {
    expect(parseCall(request('GET', url), 'acct')).toMatchObject({ filesystem, path });
  });

  it('takes the target of a rename without the account, as the JavaScript SDK sends it', () => {
    const call = parseCall(request('PUT', '/fs/new', { 'x-ms-rename-source': '/acct/fs/old' }), 'acct');
    expect(call).toMatchObject({ filesystem: 'fs', path: 'new', rawPath: '/fs/new' });
  });

  it('means the overriding verb', () => {
    const headers = { 'x-http-method-override': 'PATCH' };
    expect(parseCall(request('PUT', '/acct/fs/a', headers), 'acct').method).toBe('PATCH');
  });

  it.each([
    ['/other/fs/a', 404],
    ['/', 404],
    ['/acct/fs/%E0%A4%A', 400],
  ])('refuses %s', (url, status) => {
    expect(() => parseCall(request('GET', url), 'acct')).toThrow(expect.objectContaining({ status }) as Error);
  });
});

describe('speaksDfs', () => {
  const xml = { accept: 'application/xml' };
  const json = { accept: 'application/json, application/octet-stream' };
  it.each([
    ['PUT', '/acct/fs?resource=filesystem', {}, true],
    ['PUT', '/acct/fs?restype=container', xml, false],
    ['HEAD', '/acct/fs/a?action=getStatus', {}, true],
    ['HEAD', '/acct/fs/a', xml, false],
    ['HEAD', '/acct/fs/a', json, true],
    ['GET', '/acct/fs/a', json, true],
    ['GET', '/acct/fs/a', {}, false],
    ['PUT', '/acct/fs/b', { 'x-ms-rename-source': '/fs/a' }, true],
    ['PUT', '/acct/fs/b?comp=blocklist', xml, false],
    ['PATCH', '/acct/fs/b', {}, true],
    ['DELETE', '/acct/fs/b?recursive=true', {}, true],
    ['DELETE', '/acct/fs/b', xml, false],
  ])('%s %s %j: %s', (method, url, headers, answer) => {
    expect(speaksDfs(parseCall(request(method, url, headers as Record<string, string>), 'acct'))).toBe(answer);
  });
});
