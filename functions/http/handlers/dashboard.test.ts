import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { createDashboard } from './dashboard.ts';

const root = mkdtempSync(join(tmpdir(), 'landfall-page-'));
const folder = join(root, 'page');
mkdirSync(join(folder, 'assets'), { recursive: true });
writeFileSync(join(root, 'secret.txt'), 'secret');
writeFileSync(join(folder, 'index.html'), '<!doctype html>');
writeFileSync(join(folder, 'assets/index-1a2b.js'), 'export {}');
writeFileSync(join(folder, 'assets/index-1a2b.css'), 'body {}');
writeFileSync(join(folder, 'icon.svg'), '<svg/>');
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function get(path: string | undefined, headers: Record<string, string> = {}, from = folder) {
  const log = { error: () => undefined };
  const params = path === undefined ? ({} as Record<string, string>) : { path };
  const {
    status,
    headers: answered,
    body,
  } = await createDashboard(from)({ params, headers: new Headers(headers) }, log);
  return { status, headers: answered as Record<string, string>, body: body as Buffer | string | undefined };
}

describe('the page', () => {
  test.each([
    [undefined, 'text/html; charset=utf-8', 'no-cache'],
    ['index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['icon.svg', 'image/svg+xml', 'no-cache'],
    ['assets/index-1a2b.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['assets/index-1a2b.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('%s is served as %s and kept as %s', async (path, type, cache) => {
    const { status, headers } = await get(path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': type,
      'cache-control': cache,
      'x-content-type-options': 'nosniff',
    });
  });

  test.each([
    '../secret.txt',
    '..',
    'assets/../../secret.txt',
    '..%2fsecret.txt',
    '/etc/passwd',
    'assets',
    'none.js',
    '\0',
  ])('%j is not there, whatever lies beside the folder', async (path) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(404);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).not.toBe('secret');
  });

  test('what a browser has already is not sent again', async () => {
    const { etag = '' } = (await get('index.html')).headers;
    for (const had of [etag, `"other", ${etag}`, etag.replace('W/', ''), '*']) {
      const again = await get('index.html', { 'if-none-match': had });
      expect([again.status, again.body, again.headers.etag]).toEqual([304, undefined, etag]);
    }
    expect((await get('index.html', { 'if-none-match': '"other"' })).status).toBe(200);
    expect((await get('icon.svg')).headers.etag).not.toBe(etag);
  });

  test('is packed for those who can unpack it', async () => {
    const packed = await get('index.html', { 'accept-encoding': 'br, gzip;q=0.8' });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(gunzipSync(packed.body as Buffer).toString()).toBe('<!doctype html>');
    expect((await get('index.html')).headers).not.toHaveProperty('content-encoding');
  });

  test('allows nothing but its own files, and no inline script or style', async () => {
    const policy = (await get('index.html')).headers['content-security-policy'];
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  test('that is not built is a clear answer', async () => {
    const { status, body } = await get(undefined, {}, join(root, 'nowhere'));
    expect(status).toBe(503);
    expect(JSON.parse(String(body))).toMatchObject({
      detail: 'The page is not built.',
      hint: expect.stringContaining('npm run build') as string,
    });
  });
});
