import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { basename, dirname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';

/** An image on this machine: its unpacked files and what its configuration says. */
export interface LocalImage {
  root: string;
  digest: string;
  config: { Env?: string[]; Entrypoint?: string[]; Cmd?: string[]; WorkingDir?: string };
}

/** Pulls an image by its reference; once for each digest. */
export type PullImage = (reference: string) => Promise<LocalImage>;

type Blob = { digest: string; mediaType: string };
type Manifest = { config?: Blob; layers?: Blob[] };

const ACCEPT =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, */*;q=0.1';
const REFERENCE = /^([^/]+)\/([^@:]+)(?::[\w.-]+)?(?:@(sha256:[0-9a-f]{64}))?$/;
const HALF_DONE = '.unpacking-';

/** Keeps unpacked images in a folder. A pull that is cut off leaves nothing that counts. */
export function createImages(folder: string, ca: string): PullImage {
  const unpacking = new Map<string, Promise<LocalImage>>();
  return async (reference) => {
    const [, host, repository, pinned] = REFERENCE.exec(reference) ?? [];
    if (!host || !repository) throw new Error(`invalid image name "${reference}": want HOST:PORT/REPOSITORY:TAG`);
    const url = `https://${host}/v2/${repository}`;
    const tag = /:([\w.-]+)$/.exec(reference)?.[1] ?? 'latest';
    const fetched = pinned ? undefined : await text(await download(`${url}/manifests/${tag}`, ca));
    const digest = pinned ?? digestOf(fetched ?? '');
    const found = unpacking.get(digest) ?? pullOnce(join(folder, digest.replace(':', '-')), url, digest, ca);
    unpacking.set(digest, found);
    return found.catch((error: unknown) => {
      unpacking.delete(digest);
      throw error;
    });
  };
}

async function pullOnce(home: string, url: string, digest: string, ca: string): Promise<LocalImage> {
  if (!existsSync(home)) await unpackImage(home, url, digest, ca);
  const { config = {} } = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8')) as Pick<LocalImage, 'config'>;
  return { root: join(home, 'root'), digest, config };
}

async function unpackImage(home: string, url: string, digest: string, ca: string): Promise<void> {
  const manifest = await text(await download(`${url}/manifests/${digest}`, ca));
  const { config, layers } = JSON.parse(manifest) as Manifest;
  if (!config || !layers)
    throw new Error(`${digest} is an index of several platforms: only single images are supported`);
  await mkdir(dirname(home), { recursive: true });
  const fresh = await mkdtemp(join(dirname(home), HALF_DONE));
  try {
    await mkdir(join(fresh, 'root'));
    await writeFile(join(fresh, 'config.json'), await text(await download(`${url}/blobs/${config.digest}`, ca)));
    for (const layer of layers)
      await unpackLayer(await download(`${url}/blobs/${layer.digest}`, ca), layer, join(fresh, 'root'));
    await rename(fresh, home);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function unpackLayer(blob: IncomingMessage, { mediaType, digest }: Blob, root: string): Promise<void> {
  if (!/tar(\.gzip|\+gzip)?$/.test(mediaType)) throw new Error(`layers of type ${mediaType} are not supported`);
  const hash = createHash('sha256');
  const archive = extract();
  blob.on('data', (chunk: Buffer) => hash.update(chunk));
  const files = (async () => {
    for await (const entry of archive) await unpackEntry(entry, root);
  })();
  const unzipped = mediaType.endsWith('gzip') ? [createGunzip()] : [];
  await Promise.all([pipeline([blob, ...unzipped, archive]), files]);
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== digest) throw new Error(`layer ${digest} came with digest ${found}`);
}

type Entry = AsyncIterable<unknown> & {
  header: { name: string; type?: string | null; mode?: number };
  resume(): void;
};

async function unpackEntry(entry: Entry, root: string): Promise<void> {
  const { name, type, mode = 0o644 } = entry.header;
  // Names are taken below the root, however many dots they hold.
  const target = join(root, normalize(`/${name}`));
  if (type === 'directory') await mkdir(target, { recursive: true });
  else if (type === 'file' && !basename(name).startsWith('.wh.')) {
    await mkdir(dirname(target), { recursive: true });
    return pipeline(entry as AsyncIterable<Buffer>, createWriteStream(target, { mode }));
  } else throw new Error(`${name} in the layer: only files and folders are supported, no links and no deletions`);
  entry.resume();
}

async function download(url: string, ca: string): Promise<IncomingMessage> {
  const request = https.get(url, { ca, headers: { accept: ACCEPT } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode === 200) return response;
  throw new Error(`${url} answered ${response.statusCode}: ${(await text(response)).slice(0, 300)}`);
}

const digestOf = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
