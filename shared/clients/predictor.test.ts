import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cluster } from './cluster.ts';
import { createPredictor } from './predictor.ts';

// A gateway on this machine that says what it was asked, and a service with one revision that has a route.
const gateway = createServer((request, response) => {
  if (request.url === '/broken') return void request.socket.destroy();
  void text(request).then((body) => response.end(`${request.method} ${request.headers.host} ${request.url} ${body}`));
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => void gateway.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
afterAll(() => void gateway.close());

const traffic = [{ revisionName: 'iris-1', percent: 100, latestRevision: true, url: 'http://iris.example' }];
const serving = {
  get: async () => ({ status: { url: 'http://iris.example', components: { predictor: { traffic } } } }),
} as unknown as Cluster;
const ask = (revision: string, path = '/v1/models/iris:predict') =>
  createPredictor(() => serving, url).ask('iris', revision, { method: 'POST', path, body: '{}' });

test('through a gateway a revision is asked by the host of its route', async () => {
  expect(await ask('iris-1')).toMatchObject({ status: 200, body: 'POST iris.example /v1/models/iris:predict {}' });
});

test('a revision without a route cannot be asked', async () => {
  expect(await ask('other')).toBeUndefined();
});

test('a gateway that breaks off is named, with the host that was wanted', async () => {
  await expect(ask('iris-1', '/broken')).rejects.toThrow(
    /The gateway http:\/\/127\.0\.0\.1:\d+ could not be asked for iris\.example: /,
  );
});
