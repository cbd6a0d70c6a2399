import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureCertificates } from './tls.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'landfall-tls-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test.each(['127.0.0.1', 'localhost'])('a client that trusts the authority accepts https://%s', async (host) => {
  const { ca, key, cert } = await ensureCertificates(dir);
  const server = createServer({ key, cert }, (_request, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [response] = await once(get({ host, port, ca, family: 4 }), 'response');
  expect(response.statusCode).toBe(200);
  response.resume();
  server.close();
});

test('the same certificates come back until they are about to expire, then only the server one is new', async () => {
  const first = await ensureCertificates(dir);
  expect(await ensureCertificates(dir)).toEqual(first);
  const later = await ensureCertificates(dir, new Date(Date.now() + 380 * 86_400_000));
  expect(later.ca).toBe(first.ca);
  expect(later.cert).not.toBe(first.cert);
});

test('keys are readable by their owner only', async () => {
  const { caFile } = await ensureCertificates(dir);
  for (const name of ['ca.key', 'server.key']) expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
  expect(new X509Certificate(await readFile(caFile)).ca).toBe(true);
});

test('a key that does not belong to its certificate is replaced with it', async () => {
  const first = await ensureCertificates(dir);
  await writeFile(join(dir, 'server.key'), await readFile(join(dir, 'ca.key')));
  expect((await ensureCertificates(dir)).cert).not.toBe(first.cert);
});
