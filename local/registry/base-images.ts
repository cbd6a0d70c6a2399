import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { digestOf } from './digest.ts';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const EPOCH = new Date(0);
const README = 'This small image stands for the Python environment of the machine that runs it.\n';

const environments = { spark: [], training: [], serving: ['MODEL_DIR=/mnt/models'] };

/** Pushes the base images `spark:base`, `training:base` and `serving:base`; doing it again changes nothing. */
export async function seedBaseImages(registryUrl: string, ca: string): Promise<void> {
  const tar = await makeLayer();
  const layer = compress(tar);
  for (const [repository, env] of Object.entries(environments)) {
    const config = makeConfig(tar, env);
    const url = `${registryUrl}/v2/${repository}`;
    for (const blob of [layer, config]) await push('POST', `${url}/blobs/uploads/?digest=${digestOf(blob)}`, ca, blob);
    await push('PUT', `${url}/manifests/base`, ca, makeManifest(config, layer), MANIFEST_TYPE);
  }
}

async function makeLayer(): Promise<Buffer> {
  const archive = pack();
  for (const name of ['opt', 'opt/landfall']) archive.entry({ name: `${name}/`, type: 'directory', mtime: EPOCH });
  archive.entry({ name: 'opt/landfall/README', mtime: EPOCH }, README);
  archive.finalize();
  return buffer(archive);
}

function compress(tar: Buffer): Buffer {
  const gzip = gzipSync(tar);
  // The byte that names the operating system would make the digest differ between machines (RFC 1952, 2.3.1).
  gzip[9] = 0xff;
  return gzip;
}

function makeConfig(tar: Buffer, env: string[]): Buffer {
  return toJson({
    architecture: 'amd64',
    os: 'linux',
    created: EPOCH.toISOString(),
    config: { Env: ['PYTHONPATH=/opt/landfall/runtime:/opt/landfall/pipeline', ...env], Entrypoint: ['python'] },
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    history: [{ created: EPOCH.toISOString(), created_by: 'landfall local platform' }],
  });
}

function makeManifest(config: Buffer, layer: Buffer): Buffer {
  const refer = (mediaType: string, blob: Buffer) => ({ mediaType, digest: digestOf(blob), size: blob.length });
  return toJson({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: refer('application/vnd.oci.image.config.v1+json', config),
    layers: [refer('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
  });
}

const toJson = (document: unknown) => Buffer.from(JSON.stringify(document));

async function push(method: string, url: string, ca: string, body: Buffer, type = 'application/octet-stream') {
  const headers = { 'content-type': type, 'content-length': body.length };
  const [response] = (await once(request(url, { method, ca, headers }).end(body), 'response')) as [IncomingMessage];
  const answer = await buffer(response);
  if (response.statusCode === 201) return;
  throw new Error(`Expected 201 for ${method} ${url}, got ${response.statusCode}: ${answer.toString('utf8')}`);
}
