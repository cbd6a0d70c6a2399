import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Blobs } from './blobs.ts';
import { digestOf, parseDigest } from './digest.ts';
import { refusal } from './refusal.ts';

// The largest that Azure Container Registry and its client take.
const MAX_BYTES = 4 * 1024 * 1024;
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS manifests (repository, digest, mediaType, body, PRIMARY KEY (repository, digest));
  CREATE TABLE IF NOT EXISTS tags (repository, tag, digest, PRIMARY KEY (repository, tag));
`;

interface Content {
  mediaType?: string;
  config?: { digest: string };
  layers?: { digest: string }[];
  manifests?: { digest: string }[];
}

/** Manifests and the tags that name them. */
export class Manifests {
  readonly #db: DatabaseSync;
  readonly #blobs: Blobs;

  constructor(dataDir: string, blobs: Blobs) {
    this.#blobs = blobs;
    this.#db = new DatabaseSync(join(dataDir, 'registry.db'));
    this.#db.exec(SCHEMA);
  }

  close(): void {
    this.#db.close();
  }

  /** Answers with a manifest by tag or digest. */
  get(repository: string, reference: string): Response {
    const found = this.#find(repository, reference);
    if (!found) throw unknownManifest(repository, reference);
    const { body, digest, mediaType } = found as { body: Uint8Array<ArrayBuffer>; digest: string; mediaType: string };
    const headers = {
      'content-type': mediaType,
      'content-length': String(body.length),
      'docker-content-digest': digest,
    };
    return new Response(body, { headers });
  }

  /** Stores a manifest whose parts are all there, and names it by the tag, if the reference is one. */
  put(repository: string, reference: string, contentType: string | undefined, body: Uint8Array): Response {
    if (body.length > MAX_BYTES) throw refusal(413, 'SIZE_INVALID', `A manifest has at most ${MAX_BYTES} bytes`);
    const content = parseContent(body);
    const mediaType = contentType ?? content.mediaType ?? '';
    if (content.mediaType !== undefined && content.mediaType !== mediaType) {
      throw invalid(`Content-Type is ${mediaType}, the manifest's mediaType is ${content.mediaType}`);
    }
    this.#requireParts(repository, content);
    const digest = digestOf(body);
    const tag = parseTag(reference, digest);
    this.#db.prepare('INSERT OR REPLACE INTO manifests VALUES (?, ?, ?, ?)').run(repository, digest, mediaType, body);
    if (tag) this.#db.prepare('INSERT OR REPLACE INTO tags VALUES (?, ?, ?)').run(repository, tag, digest);
    const headers = { location: `/v2/${repository}/manifests/${digest}`, 'docker-content-digest': digest };
    return new Response(null, { status: 201, headers });
  }

  /** Removes a tag, or a manifest with all its tags. */
  delete(repository: string, reference: string): Response {
    const tags = this.#db.prepare('DELETE FROM tags WHERE repository = ? AND ? IN (tag, digest)');
    const manifests = this.#db.prepare('DELETE FROM manifests WHERE repository = ? AND digest = ?');
    const deleted = [tags, manifests].map((statement) => statement.run(repository, reference).changes);
    if (deleted.every((changes) => changes === 0)) throw unknownManifest(repository, reference);
    return new Response(null, { status: 202 });
  }

  /** Names after `last` in byte order: a repository's tags, or the repositories when none is given. */
  names(repository: string | undefined, last: string, limit: number): string[] {
    const sql =
      repository === undefined
        ? 'SELECT DISTINCT repository AS name FROM manifests WHERE repository > ?2 AND ?1 = ?1 ORDER BY name LIMIT ?3'
        : 'SELECT tag AS name FROM tags WHERE repository = ?1 AND tag > ?2 ORDER BY name LIMIT ?3';
    return this.#db
      .prepare(sql)
      .all(repository ?? '', last, limit)
      .map((row) => String(row['name']));
  }

  #find(repository: string, reference: string) {
    const sql = `SELECT digest, mediaType, body FROM manifests WHERE repository = ?1
      AND digest IN (?2, (SELECT digest FROM tags WHERE repository = ?1 AND tag = ?2))`;
    return this.#db.prepare(sql).get(repository, reference);
  }

  #requireParts(repository: string, { config, layers = [], manifests = [] }: Content): void {
    const blobs = [...(config ? [config] : []), ...layers];
    const missing =
      blobs.find(({ digest }) => !this.#blobs.has(repository, parseDigest(digest))) ??
      manifests.find(({ digest }) => !this.#find(repository, digest));
    if (!missing) return;
    throw refusal(
      400,
      'MANIFEST_BLOB_UNKNOWN',
      `Repository ${repository} has no ${missing.digest}, which the manifest names`,
    );
  }
}

function parseTag(reference: string, digest: string): string | undefined {
  if (/^\w[\w.-]{0,127}$/.test(reference)) return reference;
  if (parseDigest(reference) === digest) return undefined;
  throw refusal(400, 'DIGEST_INVALID', `Expected ${reference}, the manifest has ${digest}`);
}

function parseContent(body: Uint8Array): Content {
  try {
    return { ...(JSON.parse(Buffer.from(body).toString('utf8')) as object) };
  } catch (error) {
    throw invalid(`The manifest is not JSON: ${String(error)}`);
  }
}

function invalid(message: string) {
  return refusal(400, 'MANIFEST_INVALID', message);
}

function unknownManifest(repository: string, reference: string) {
  return refusal(404, 'MANIFEST_UNKNOWN', `Repository ${repository} has no manifest ${reference}`);
}
