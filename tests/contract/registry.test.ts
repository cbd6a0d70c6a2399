import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ContainerRegistryContentClient } from '@azure/container-registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedBaseImages } from '../../local/registry/base-images.ts';
import { startRegistry, type RunningRegistry } from '../../local/registry/registry.ts';
import { ensureCertificates, type Certificates } from '../../local/tls.ts';

const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const digestOf = (content: string | Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
const absent = digestOf('absent');
const noToken = { getToken: () => Promise.reject(new Error('The registry asked for a token')) };

let dir: string;
let tls: Certificates;
let registry: RunningRegistry;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'landfall-registry-'));
  tls = await ensureCertificates(join(dir, 'tls'));
  registry = await startRegistry({ port: 0, dataDir: join(dir, 'registry'), tls });
});

afterAll(async () => {
  await registry.close();
  await rm(dir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
  code: string | undefined;
}

async function call(line: string, body: string | Buffer = '', headers: Record<string, string> = {}): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ');
  const size = { 'content-length': String(Buffer.byteLength(body)) };
  const sent = request(registry.url + path, { method, ca: tls.ca, agent: false, headers: { ...size, ...headers } }).end(
    body,
  );
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const content = await buffer(response);
  const isJson = content.length > 0 && response.headers['content-type'] === 'application/json';
  const errors = isJson ? (JSON.parse(content.toString()) as { errors?: { code: string }[] }).errors : undefined;
  return { status: response.statusCode ?? 0, headers: response.headers, body: content, code: errors?.[0]?.code };
}

async function location(repository: string): Promise<string> {
  return (await call(`POST /v2/${repository}/blobs/uploads/`)).headers.location ?? '';
}

async function pushBlob(repository: string, content: string): Promise<string> {
  const digest = digestOf(content);
  expect((await call(`POST /v2/${repository}/blobs/uploads/?digest=${digest}`, content)).status).toBe(201);
  return digest;
}

async function pushImage(repository: string, tag: string, content = tag): Promise<string> {
  const config = await pushBlob(repository, content);
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: IMAGE, config: { digest: config }, layers: [] });
  const answer = await call(`PUT /v2/${repository}/manifests/${tag}`, manifest, { 'content-type': IMAGE });
  expect(answer.status).toBe(201);
  return String(answer.headers['docker-content-digest']);
}

/** The client's type does not list tlsOptions, but its pipeline takes them. */
function client(repository: string): ContainerRegistryContentClient {
  const options = { tlsOptions: { ca: tls.ca }, retryOptions: { maxRetries: 0 } };
  return new ContainerRegistryContentClient(registry.url, repository, noToken, options);
}

test('the Azure client pushes an image in chunks, pulls it by tag and by digest, and deletes it', async () => {
  const azure = client('team/model');
  const layer = randomBytes(9 * 1024 * 1024 + 17);
  const { digest, sizeInBytes } = await azure.uploadBlob(layer);
  expect({ digest, sizeInBytes }).toEqual({ digest: digestOf(layer), sizeInBytes: layer.length });
  const config = await azure.uploadBlob(Buffer.from('{}'));
  const manifest = {
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: 2 },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: layer.length }],
  };
  const pushed = await azure.setManifest(manifest, { tag: 'v1' });

  const pulled = await azure.getManifest('v1');
  expect(pulled).toMatchObject({ digest: pushed.digest, mediaType: IMAGE, manifest });
  expect((await azure.getManifest(pushed.digest)).digest).toBe(pushed.digest);
  const downloaded = await buffer((await azure.downloadBlob(digest)).content);
  expect(downloaded.equals(layer)).toBe(true);

  await azure.deleteManifest(pushed.digest);
  await expect(azure.getManifest('v1')).rejects.toMatchObject({ statusCode: 404 });
  await azure.deleteBlob(digest);
  await expect(azure.downloadBlob(digest)).rejects.toMatchObject({ statusCode: 404 });
});

test('the Azure client is told what is wrong with a manifest', async () => {
  const manifest = { schemaVersion: 2, config: { mediaType: 'x', digest: absent, size: 1 }, layers: [] };
  await expect(client('broken').setManifest(manifest, { tag: 'v1' })).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringContaining(absent) as string,
  });
});

test('base images are pushed once and stay the same', async () => {
  await seedBaseImages(registry.url, tls.ca);
  const first = await client('serving').getManifest('base');
  await seedBaseImages(registry.url, tls.ca);
  expect((await client('serving').getManifest('base')).digest).toBe(first.digest);
  const { config } = first.manifest as { config: { digest: string } };
  const content = await buffer((await client('serving').downloadBlob(config.digest)).content);
  expect(JSON.parse(content.toString())).toMatchObject({
    config: {
      Entrypoint: ['python'],
      Env: ['PYTHONPATH=/opt/landfall/runtime:/opt/landfall/pipeline', 'MODEL_DIR=/mnt/models'],
    },
  });
});

const plain = { 'content-type': 'application/octet-stream' };
const json = { 'content-type': IMAGE };

test.each([
  ['GET /v2/', 200, undefined],
  ['GET /v2/none/blobs/' + absent, 404, 'BLOB_UNKNOWN'],
  ['HEAD /v2/none/blobs/' + absent, 404, undefined],
  ['GET /v2/none/blobs/sha256:12', 400, 'DIGEST_INVALID'],
  ['GET /v2/none/blobs/uploads/17', 404, 'BLOB_UPLOAD_UNKNOWN'],
  ['PATCH /v2/none/blobs/uploads/17', 404, 'BLOB_UPLOAD_UNKNOWN'],
  ['DELETE /v2/none/blobs/uploads/17', 404, 'BLOB_UPLOAD_UNKNOWN'],
  ['PUT /v2/none/blobs/uploads/17?digest=' + absent, 404, 'BLOB_UPLOAD_UNKNOWN'],
  ['GET /v2/none/blobs/uploads/..%2F..%2Fregistry.db', 404, 'BLOB_UPLOAD_UNKNOWN'],
  ['GET /v2/none/manifests/latest', 404, 'MANIFEST_UNKNOWN'],
  ['HEAD /v2/none/manifests/latest', 404, undefined],
  ['DELETE /v2/none/manifests/latest', 404, 'MANIFEST_UNKNOWN'],
  ['DELETE /v2/none/blobs/' + absent, 404, 'BLOB_UNKNOWN'],
  ['PUT /v2/none/manifests/latest', 400, 'MANIFEST_INVALID'],
  ['GET /v2/none/tags/list', 404, 'NAME_UNKNOWN'],
  ['POST /v2/UPPER/blobs/uploads/', 400, 'NAME_INVALID'],
  ['GET /v2/none/referrers/' + absent, 404, 'UNSUPPORTED'],
  ['GET /acr/v1/_catalog', 404, 'UNSUPPORTED'],
  ['POST /v2/none/blobs/uploads/?mount=' + absent + '&from=other', 202, undefined],
])('%s is answered with %i %s', async (line, status, code) => {
  const answer = await call(line);
  expect([answer.status, answer.code]).toEqual([status, code]);
});

test.each([
  ['no manifest', 'latest', '{', json, 400, 'MANIFEST_INVALID'],
  ['another media type', 'latest', JSON.stringify({ mediaType: INDEX }), json, 400, 'MANIFEST_INVALID'],
  ['an absent layer', 'latest', JSON.stringify({ layers: [{ digest: absent }] }), json, 400, 'MANIFEST_BLOB_UNKNOWN'],
  ['an absent image', 'all', JSON.stringify({ manifests: [{ digest: absent }] }), {}, 400, 'MANIFEST_BLOB_UNKNOWN'],
  ['another digest', absent, '{}', json, 400, 'DIGEST_INVALID'],
  ['a bad tag', '-x', '{}', json, 400, 'DIGEST_INVALID'],
  ['too many bytes', 'latest', `"${'x'.repeat(4 * 1024 * 1024)}"`, json, 413, 'SIZE_INVALID'],
])('a manifest with %s is refused', async (_what, reference, body, headers, status, code) => {
  const answer = await call(`PUT /v2/refused/manifests/${reference}`, body, headers);
  expect([answer.status, answer.code]).toEqual([status, code]);
});

test('a chunked upload goes on where it stopped, also after a restart', async () => {
  const chunks = ['hello, ', 'lake', '!'];
  const digest = digestOf(chunks.join(''));
  const first = await call(`PATCH ${await location('chunked')}`, chunks[0], { ...plain, 'content-range': '0-6' });
  expect([first.status, first.headers.range]).toEqual([202, '0-6']);
  const url = String(first.headers.location);

  const early = await call(`PATCH ${url}`, chunks[2], { ...plain, 'content-range': '11-11' });
  expect([early.status, early.headers.range, early.headers.location]).toEqual([416, '0-6', url]);

  const { port } = new URL(registry.url);
  await registry.close();
  registry = await startRegistry({ port: Number(port), dataDir: join(dir, 'registry'), tls });
  const status = await call(`GET ${url}`);
  expect([status.status, status.headers.range]).toEqual([204, '0-6']);

  expect((await call(`PATCH ${url}`, chunks[1], plain)).headers.range).toBe('0-10');
  const last = await call(`PUT ${url}?digest=${digest}`, chunks[2], { ...plain, 'content-range': '11-11' });
  expect([last.status, last.headers['docker-content-digest']]).toEqual([201, digest]);
  expect((await call(`GET ${String(last.headers.location)}`)).body.toString()).toBe('hello, lake!');
  expect((await call(`GET ${url}`)).code).toBe('BLOB_UPLOAD_UNKNOWN');
});

test('a chunk that breaks off counts for nothing, and may be sent again at once', async () => {
  const url = await location('broken-off');
  const chunk = randomBytes(1_000_000);
  await call(`PATCH ${url}`, 'begin ');
  const headers = { 'content-length': String(chunk.length) };
  const sent = request(registry.url + url, { method: 'PATCH', ca: tls.ca, agent: false, headers });
  sent.on('error', () => undefined);
  await new Promise((resolve) => sent.write(chunk.subarray(0, 500_000), resolve));
  expect((await call(`GET ${url}`)).headers.range).toBe('0-5');
  sent.destroy();
  expect((await call(`PATCH ${url}`, chunk)).headers.range).toBe(`0-${5 + chunk.length}`);
  const digest = digestOf(Buffer.concat([Buffer.from('begin '), chunk]));
  expect((await call(`PUT ${url}?digest=${digest}`)).status).toBe(201);
});

test('an upload with another digest than said is refused and forgotten', async () => {
  const url = await location('mismatch');
  const answer = await call(`PUT ${url}?digest=${absent}`, 'present', plain);
  expect([answer.status, answer.code]).toEqual([400, 'DIGEST_INVALID']);
  expect((await call(`GET ${url}`)).status).toBe(404);
  expect((await call(`PUT ${await location('mismatch')}`, 'x', plain)).code).toBe('DIGEST_INVALID');
});

test('a cancelled upload is gone', async () => {
  const url = await location('cancelled');
  expect((await call(`DELETE ${url}`)).status).toBe(204);
  expect((await call(`PATCH ${url}`, 'x')).status).toBe(404);
});

test('a blob belongs to the repository that it was pushed to', async () => {
  const digest = await pushBlob('here', 'mine');
  const head = await call(`HEAD /v2/here/blobs/${digest}`);
  expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '4', 0]);
  expect((await call(`HEAD /v2/there/blobs/${digest}`)).status).toBe(404);
  expect((await call(`POST /v2/there/blobs/uploads/?mount=${digest}&from=here`)).status).toBe(202);
});

test.each([
  ['bytes=2-4', 206, 'cde', 'bytes 2-4/10'],
  ['bytes=7-', 206, 'hij', 'bytes 7-9/10'],
  ['7-', 206, 'hij', 'bytes 7-9/10'],
  ['bytes=-2', 206, 'ij', 'bytes 8-9/10'],
  ['bytes=8-99', 206, 'ij', 'bytes 8-9/10'],
  ['lines=1-2', 200, 'abcdefghij', undefined],
  ['bytes=10-', 416, undefined, 'bytes */10'],
])('the range %s of a blob is answered with %i', async (range, status, text, contentRange) => {
  const digest = await pushBlob('ranges', 'abcdefghij');
  const answer = await call(`GET /v2/ranges/blobs/${digest}`, '', { range });
  expect([answer.status, answer.headers['content-range']]).toEqual([status, contentRange]);
  if (text !== undefined) expect(answer.body.toString()).toBe(text);
});

test('tags are listed in pages', async () => {
  for (const tag of ['b', 'A', 'c', 'a']) await pushImage('tagged', tag, 'same');
  const list = async (path: string) => {
    const { body, headers } = await call(`GET ${path}`);
    return [(JSON.parse(body.toString()) as { tags: string[] }).tags, headers.link];
  };
  expect(await list('/v2/tagged/tags/list')).toEqual([['A', 'a', 'b', 'c'], undefined]);
  const next = '</v2/tagged/tags/list?n=2&last=a>; rel="next"';
  expect(await list('/v2/tagged/tags/list?n=2')).toEqual([['A', 'a'], next]);
  expect(await list('/v2/tagged/tags/list?n=2&last=a')).toEqual([['b', 'c'], undefined]);
  expect(await list('/v2/tagged/tags/list?n=0')).toEqual([[], undefined]);
  expect((await call('GET /v2/tagged/tags/list?n=-1')).code).toBe('PAGINATION_NUMBER_INVALID');
  const catalog = await call('GET /v2/_catalog?n=1&last=serving');
  expect(JSON.parse(catalog.body.toString())).toEqual({ repositories: ['spark'] });
  expect(catalog.headers.link).toBe('</v2/_catalog?n=1&last=spark>; rel="next"');
});

test('a tag moves, and is deleted without its image; an image is deleted with its tags', async () => {
  const old = await pushImage('moving', 'latest', 'old');
  const young = await pushImage('moving', 'latest', 'young');
  const head = await call('HEAD /v2/moving/manifests/latest');
  expect([head.headers['docker-content-digest'], head.headers['content-type'], head.body.length]).toEqual([
    young,
    IMAGE,
    0,
  ]);
  expect((await call('DELETE /v2/moving/manifests/latest')).status).toBe(202);
  expect((await call('GET /v2/moving/manifests/latest')).status).toBe(404);
  expect((await call(`GET /v2/moving/manifests/${young}`)).status).toBe(200);

  await pushImage('moving', 'v1', 'old');
  expect((await call(`DELETE /v2/moving/manifests/${old}`)).status).toBe(202);
  expect((await call('GET /v2/moving/manifests/v1')).status).toBe(404);
  expect(JSON.parse((await call('GET /v2/moving/tags/list')).body.toString())).toEqual({ name: 'moving', tags: [] });
});
