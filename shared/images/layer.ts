import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { sha256 } from '../sha256.ts';

/** Files of a layer: absolute path in the image → content. */
export type LayerFiles = Map<string, Uint8Array>;

/** A gzipped tar with the digests that an image manifest needs. */
export interface Layer {
  blob: Buffer;
  /** `sha256:…` of the gzipped bytes: names the blob in the registry. */
  digest: string;
  /** `sha256:…` of the tar itself: goes into the image's rootfs.diff_ids. */
  diffId: string;
}

/**
 * Builds a layer whose bytes depend on its files alone: entries sorted, owner root, time zero, gzip header fixed.
 * https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export async function buildLayer(files: LayerFiles): Promise<Layer> {
  const tar = await tarOf(files);
  const blob = gzipSync(tar, { level: 9 });
  // Byte 9 of a gzip header tells the operating system that made it; 255 is "unknown".
  blob[9] = 255;
  return { blob, digest: `sha256:${sha256(blob)}`, diffId: `sha256:${sha256(tar)}` };
}

async function tarOf(files: LayerFiles): Promise<Buffer> {
  const archive = pack();
  const common = { mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
  for (const name of foldersOf(files)) archive.entry({ ...common, name: `${name}/`, type: 'directory', mode: 0o755 });
  for (const path of [...files.keys()].sort()) {
    archive.entry({ ...common, name: path.slice(1), mode: 0o644 }, Buffer.from(files.get(path) ?? []));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function foldersOf(files: LayerFiles): string[] {
  const folders = new Set<string>();
  for (const path of files.keys()) {
    const parts = path.slice(1).split('/').slice(0, -1);
    parts.forEach((_, index) => folders.add(parts.slice(0, index + 1).join('/')));
  }
  return [...folders].sort();
}
