import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { dirname, join, normalize } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';

/** An image on this machine: its unpacked files and what its configuration says. */
export interface LocalImage {
  root: string;
  env: string[];
  entrypoint: string[];
  cmd: string[];
}

interface Manifest {
  config: { digest: string };
  layers: { digest: string }[];
}

const ACCEPT = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Pulls an image over TLS and unpacks its layers, once a digest; a broken download leaves nothing behind. */
export async function pullImage(reference: string, folder: string, ca: string): Promise<LocalImage> {
  const match = /^([^/]+)\/([^@:]+)(?:@(sha256:[0-9a-f]{64})|:([\w.-]+))$/.exec(reference);
  if (!match) throw new Error(`couldn't parse image reference "${reference}"`);
  const [, host, repository, digest, tag] = match;
  const base = `https://${host}/v2/${repository}`;
  const manifestBlob = await download(`${base}/manifests/${digest ?? tag}`, ca);
  const manifest = JSON.parse(manifestBlob.toString('utf8')) as Manifest;
  const config = JSON.parse((await blob(base, manifest.config.digest, ca)).toString('utf8')) as {
    config?: { Env?: string[]; Entrypoint?: string[]; Cmd?: string[] };
  };
  const root = join(folder, createHash('sha256').update(manifestBlob).digest('hex').slice(0, 24));
  if (!existsSync(root)) {
    const fresh = `${root}.${process.pid}.${Date.now()}`;
    mkdirSync(fresh, { recursive: true });
    for (const layer of manifest.layers) await unpack(await blob(base, layer.digest, ca), fresh);
    // Of two pulls at once the first wins.
    if (existsSync(root)) rmSync(fresh, { recursive: true });
    else renameSync(fresh, root);
  }
  const { Env = [], Entrypoint = [], Cmd = [] } = config.config ?? {};
  return { root, env: Env, entrypoint: Entrypoint, cmd: Cmd };
}

/** Maps absolute paths, also in lists with colons, that exist in an image to where they lie on this machine. */
export function mapPaths(value: string, root: string): string {
  return value
    .split(':')
    .map((part) => (part.startsWith('/') && existsSync(join(root, part)) ? join(root, part) : part))
    .join(':');
}

async function unpack(layer: Buffer, root: string): Promise<void> {
  const archive = extract();
  archive.end(gunzipSync(layer));
  for await (const entry of archive) {
    const target = join(root, normalize(`/${entry.header.name}`));
    if (entry.header.type === 'directory') await mkdir(target, { recursive: true });
    if (entry.header.type === 'file') {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, Buffer.concat(chunks));
    }
    entry.resume();
  }
}

async function blob(base: string, digest: string, ca: string): Promise<Buffer> {
  const content = await download(`${base}/blobs/${digest}`, ca);
  const found = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  if (found !== digest) throw new Error(`${base}/blobs/${digest} has digest ${found}`);
  return content;
}

function download(url: string, ca: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ca, headers: { accept: `${ACCEPT}, */*` } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        if (response.statusCode === 200) resolve(body);
        else
          reject(
            new Error(`failed to pull: ${url} answered ${response.statusCode}: ${body.toString('utf8').slice(0, 200)}`),
          );
      });
    });
    request.on('error', reject);
  });
}
