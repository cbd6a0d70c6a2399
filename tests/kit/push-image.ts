import https from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { appendLayers, imageConfigSchema, manifestSchema } from '../../shared/images/image.ts';
import { buildLayer } from '../../shared/images/layer.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Puts files on a repository's base image, pushes the result with raw requests, and answers its reference by digest. */
export async function pushImage(
  registry: string,
  ca: string,
  repository: string,
  files: Record<string, string>,
): Promise<string> {
  const base = `${registry}/v2/${repository}`;
  const manifest = manifestSchema.parse(JSON.parse(await send('GET', `${base}/manifests/base`, ca)));
  const config = imageConfigSchema.parse(JSON.parse(await send('GET', `${base}/blobs/${manifest.config.digest}`, ca)));
  const layer = await buildLayer(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
  const image = appendLayers({ mediaType: MANIFEST, manifest, config }, [{ layer, comment: 'test' }]);
  await send('POST', `${base}/blobs/uploads/?digest=${layer.digest}`, ca, layer.blob);
  await send('POST', `${base}/blobs/uploads/?digest=${image.manifest.config.digest}`, ca, image.configBlob);
  await send('PUT', `${base}/manifests/${image.digest}`, ca, image.manifestBlob, MANIFEST);
  return `${new URL(registry).host}/${repository}@${image.digest}`;
}

async function send(
  method: string,
  url: string,
  ca: string,
  body?: Buffer,
  type = 'application/octet-stream',
): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { accept: MANIFEST, ...(body && { 'content-type': type, 'content-length': body.length }) };
    https.request(url, { method, ca, headers }, resolve).on('error', reject).end(body);
  });
  const text = (await buffer(response)).toString('utf8');
  if ((response.statusCode ?? 0) >= 300) throw new Error(`${method} ${url}: ${response.statusCode} ${text}`);
  return text;
}
