import { createHash, randomUUID } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Blobs } from './blobs.ts';
import { parseDigest } from './digest.ts';
import { refusal } from './refusal.ts';

const LIFETIME_MS = 86_400_000;

/** Uploads of blobs: a file each, and beside it how many of its bytes were acknowledged, so that a restart loses none. */
export class Uploads {
  readonly #dir: string;
  readonly #blobs: Blobs;

  constructor(dataDir: string, blobs: Blobs, now = Date.now()) {
    this.#dir = join(dataDir, 'uploads');
    this.#blobs = blobs;
    mkdirSync(this.#dir, { recursive: true });
    const isOld = (file: string) => statSync(file).mtimeMs < now - LIFETIME_MS;
    for (const file of readdirSync(this.#dir).map((name) => join(this.#dir, name))) if (isOld(file)) rmSync(file);
  }

  /** Begins an upload; with `digest` in the query the body is the whole blob. Mounting is not supported, so it uploads. */
  async start(request: IncomingMessage, repository: string, digest: string | undefined): Promise<Response> {
    const id = randomUUID();
    await writeFile(this.#file(repository, id), '');
    await writeFile(sizeFile(this.#file(repository, id)), '0');
    return digest === undefined ? progress(202, repository, id, 0) : this.finish(request, repository, id, digest);
  }

  /** Tells how far an upload has come. */
  status(repository: string, id: string): Response {
    return progress(204, repository, id, this.#size(repository, id));
  }

  /** Appends a chunk; one that does not begin where the last ended is answered with how far the upload has come. */
  async append(request: IncomingMessage, repository: string, id: string): Promise<Response> {
    return progress(202, repository, id, await this.#receive(request, repository, id));
  }

  /** Takes the last chunk, if any, and makes the upload a blob when it has the digest that the client says. */
  async finish(request: IncomingMessage, repository: string, id: string, expected?: string): Promise<Response> {
    const digest = parseDigest(expected);
    const size = await this.#receive(request, repository, id);
    const file = this.#file(repository, id);
    // A chunk that broke off may have left bytes behind the acknowledged ones.
    await truncate(file, size);
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    const actual = `sha256:${hash.digest('hex')}`;
    if (actual !== digest) {
      await this.cancel(repository, id);
      throw refusal(400, 'DIGEST_INVALID', `Expected ${digest}, the ${size} bytes uploaded have ${actual}`);
    }
    await rm(sizeFile(file));
    await this.#blobs.add(repository, digest, file);
    const headers = { location: `/v2/${repository}/blobs/${digest}`, 'docker-content-digest': digest };
    return new Response(null, { status: 201, headers });
  }

  /** Gives an upload up. */
  async cancel(repository: string, id: string): Promise<Response> {
    this.#size(repository, id);
    const file = this.#file(repository, id);
    for (const part of [sizeFile(file), file]) await rm(part);
    return new Response(null, { status: 204 });
  }

  async #receive(request: IncomingMessage, repository: string, id: string): Promise<number> {
    const offset = this.#size(repository, id);
    const range = request.headers['content-range'] ?? `${offset}-`;
    if (!range.startsWith(`${offset}-`)) {
      const text = `Expected a chunk that begins at ${offset}, got ${range}`;
      throw refusal(416, 'BLOB_UPLOAD_INVALID', text, progressHeaders(repository, id, offset));
    }
    const file = this.#file(repository, id);
    const sink = createWriteStream(file, { flags: 'r+', start: offset });
    await pipeline(request, sink);
    const size = offset + sink.bytesWritten;
    await writeFile(sizeFile(file), String(size));
    return size;
  }

  #size(repository: string, id: string): number {
    const file = sizeFile(this.#file(repository, id));
    if (existsSync(file)) return Number(readFileSync(file, 'utf8'));
    throw refusal(404, 'BLOB_UPLOAD_UNKNOWN', `Repository ${repository} has no upload ${id}`);
  }

  #file(repository: string, id: string): string {
    return join(this.#dir, encodeURIComponent(`${repository}/${id}`));
  }
}

function sizeFile(file: string): string {
  return `${file}.size`;
}

function progress(status: number, repository: string, id: string, size: number): Response {
  return new Response(null, { status, headers: progressHeaders(repository, id, size) });
}

function progressHeaders(repository: string, id: string, size: number): Record<string, string> {
  const location = `/v2/${repository}/blobs/uploads/${id}`;
  return { location, range: `0-${Math.max(0, size - 1)}`, 'docker-upload-uuid': id };
}
