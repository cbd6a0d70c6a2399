import { describe, expect, it } from 'vitest';
import { fromHttpData, toHttpData } from './http-data.ts';

const call = (path: string, headers: Record<string, string> = {}, body = '') => ({
  method: 'POST',
  url: new URL(`http://host${path}`),
  headers: new Headers(headers),
  read: () => Promise.resolve(Buffer.from(body)),
});

describe('a request', () => {
  it('has repeated names of the query joined without regard to case', async () => {
    const { query } = await toHttpData(call('/api/x?n=1&n=2&N=3&m=&=v&q=a+b'), {});
    expect(query).toEqual({ n: '1,2,3', m: '', '': 'v', q: 'a b' });
  });

  it('has no body where it was sent in chunks', async () => {
    expect((await toHttpData(call('/', {}, 'hello'), {})).body?.bytes?.toString()).toBe('hello');
    expect((await toHttpData(call('/', { 'transfer-encoding': 'chunked' }, 'hello'), {})).body).toBeNull();
  });
});

describe('a response', () => {
  it('is 204 where the app gave none', () => {
    expect(fromHttpData(undefined).status).toBe(204);
  });

  it('writes cookies as the host does', () => {
    const cookies = [
      { name: 'a', value: '1 2', expires: { value: { seconds: 86_400 } }, sameSite: 'explicitNone' as const },
      { name: 'b', value: '', path: { value: '/p' }, httpOnly: { value: true }, sameSite: 'none' as const },
    ];
    expect(fromHttpData({ statusCode: '200', headers: {}, cookies }).headers.getSetCookie()).toEqual([
      'a=1%202; expires=Fri, 02 Jan 1970 00:00:00 GMT; path=/; samesite=none',
      'b=; path=/p; httponly',
    ]);
  });

  it('is framed by the host, whatever the app says', () => {
    const { headers } = fromHttpData({ statusCode: '200', headers: { 'content-length': '9', 'x-a': '1' }, body: null });
    expect([...headers]).toEqual([['x-a', '1']]);
  });
});
