import { createReadStream, existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { parseDigest } from './digest.ts';
import { refusal } from './refusal.ts';

/** Blobs as files, named by digest, each repository with its own: one cannot use another's, as in Azure. */
export class Blobs {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, 'blobs');
  }

  hasRepository(repository: string): boolean {
    return existsSync(join(this.#dir, encodeURIComponent(repository)));
  }

  has(repository: string, digest: string): boolean {
    return existsSync(this.#file(repository, digest));
  }

  /** Takes a whole file in. */
  async add(repository: string, digest: string, file: string): Promise<void> {
    const target = this.#file(repository, digest);
    await mkdir(dirname(target), { recursive: true });
    await rename(file, target);
  }

  /** Answers GET and HEAD, whole or one range. */
  get(c: Context, repository: string, reference: string): Response {
    const file = this.#existing(repository, reference);
    const { size } = statSync(file);
    const range = parseRange(c.req.header('range'), size);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(end - start + 1),
      'accept-ranges': 'bytes',
      'docker-content-digest': reference,
      ...(range && { 'content-range': `bytes ${start}-${end}/${size}` }),
    };
    const bodiless = c.req.method === 'HEAD' || size === 0;
    const body = bodiless ? null : (Readable.toWeb(createReadStream(file, { start, end })) as ReadableStream);
    return new Response(body, { status: range ? 206 : 200, headers });
  }

  async delete(repository: string, reference: string): Promise<Response> {
    await rm(this.#existing(repository, reference));
    return new Response(null, { status: 202, headers: { 'docker-content-digest': reference } });
  }

  #file(repository: string, digest: string): string {
    return join(this.#dir, encodeURIComponent(repository), digest.replace(':', '-'));
  }

  #existing(repository: string, reference: string): string {
    const file = this.#file(repository, parseDigest(reference));
    if (existsSync(file)) return file;
    throw refusal(404, 'BLOB_UNKNOWN', `Repository ${repository} has no blob ${reference}`);
  }
}

/** One byte range, or undefined for the whole. The unit may be missing: @azure/container-registry 1.1 leaves it out. */
export function parseRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first, last] = /^(?:bytes=)?(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start <= end) return { start, end };
  const text = `Range ${header ?? ''} lies outside of ${size} bytes`;
  throw refusal(416, 'RANGE_INVALID', text, { 'content-range': `bytes */${size}` });
}
