import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  DataLakeServiceClient,
  StorageSharedKeyCredential,
  type DataLakeFileClient,
} from '@azure/storage-file-datalake';
import type { TokenCredential } from '@azure/identity';
import type { Config } from '../config.ts';
import { absent } from './absent.ts';
import { isStatus } from './is-status.ts';

export interface LakeFile {
  path: string;
  eTag: string;
  size: number;
  modifiedAt: string;
}

/** The data lake. Paths are `FILESYSTEM/path`. */
export interface Lake {
  /** Content of a file, or its first bytes where a limit is given; undefined when there is none. */
  read(path: string, limitBytes?: number): Promise<Buffer | undefined>;
  /** Writes a file whole and closes it; false when `ifAbsent` is set and it is there already. */
  write(path: string, content: string | Uint8Array, options?: { ifAbsent?: boolean }): Promise<boolean>;
  /** Copies a file, as a stream; nothing to copy is fine. */
  copy(from: string, to: string): Promise<void>;
  /** A file's properties; undefined when there is none. */
  stat(path: string): Promise<(LakeFile & { copyStatus?: string }) | undefined>;
  /** Files below a folder, all levels; none when the folder is not there. */
  list(folder: string): Promise<LakeFile[]>;
  /** SHA-256 of a file's content in hex, read as a stream; undefined when there is none. */
  digest(path: string): Promise<string | undefined>;
}

/** A lake behind the Data Lake client, with the account key where one is configured, else with the identity. */
export function createLake({ url, account, key }: Config['lake'], identity: () => TokenCredential): Lake {
  const service = new DataLakeServiceClient(url, key ? new StorageSharedKeyCredential(account, key) : identity());
  const fileSystem = (path: string) => service.getFileSystemClient(split(path).fileSystem);
  const file = (path: string) => fileSystem(path).getFileClient(split(path).name);

  return {
    async read(path, limitBytes) {
      if (limitBytes === undefined) return absent(() => file(path).readToBuffer());
      // 416: there is no first byte in an empty file.
      const answer = await absent(() => file(path).read(0, limitBytes), 404, 416);
      return answer && buffer(answer.readableStreamBody ?? Readable.from([]));
    },
    async write(path, content, { ifAbsent = false } = {}) {
      const conditions = ifAbsent ? { ifNoneMatch: '*' } : {};
      try {
        await upload(file(path), Buffer.from(content), conditions);
        return true;
      } catch (error) {
        if (!ifAbsent || !isStatus(error, 409, 412)) throw error;
        // A writer that died between create and flush has left it empty: then it is still ours to write.
        if ((await this.stat(path))?.size !== 0) return false;
        await upload(file(path), Buffer.from(content), {});
        return true;
      }
    },
    async copy(from, to) {
      const source = await absent(() => file(from).read());
      if (!source?.readableStreamBody) return;
      const target = file(to);
      await target.create();
      let position = 0;
      for await (const block of blocks(source.readableStreamBody)) {
        await target.append(block, position, block.length);
        position += block.length;
      }
      await target.flush(position, { close: true });
    },
    async stat(path) {
      const found = await absent(() => file(path).getProperties());
      if (!found || found.metadata?.hdi_isfolder === 'true') return undefined;
      return {
        path,
        eTag: unquoted(found.etag),
        size: found.contentLength ?? 0,
        modifiedAt: (found.lastModified ?? new Date(0)).toISOString(),
        ...(found.copyStatus && { copyStatus: found.copyStatus }),
      };
    },
    async list(folder) {
      const { fileSystem: container, name } = split(folder);
      const files: LakeFile[] = [];
      const all = absentIsEmpty(fileSystem(folder).listPaths({ path: name.replace(/\/$/, ''), recursive: true }));
      for await (const item of all) {
        if (item.isDirectory || item.name === undefined) continue;
        files.push({
          path: `${container}/${item.name}`,
          eTag: unquoted(item.etag),
          size: item.contentLength ?? 0,
          modifiedAt: (item.lastModified ?? new Date(0)).toISOString(),
        });
      }
      return files;
    },
    async digest(path) {
      const answer = await absent(() => file(path).read());
      if (!answer?.readableStreamBody) return undefined;
      const hash = createHash('sha256');
      for await (const chunk of answer.readableStreamBody) hash.update(chunk);
      return hash.digest('hex');
    },
  };
}

/**
 * Writes under the name itself, in one append: small documents only. A reader meets nothing, the whole, or (between
 * create and flush) an empty file, which readers of documents take as not there yet.
 */
async function upload(
  client: DataLakeFileClient,
  content: Buffer,
  conditions: { ifNoneMatch?: string },
): Promise<void> {
  await client.create({ conditions });
  if (content.length > 0) await client.append(content, 0, content.length);
  // Without close no FlushWithClose event is raised.
  await client.flush(content.length, { close: true });
}

/** Bytes of one append of a copy. */
const BLOCK = 8_000_000;

async function* blocks(stream: NodeJS.ReadableStream): AsyncIterable<Buffer> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size < BLOCK) continue;
    yield Buffer.concat(chunks);
    [chunks, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(chunks);
}

function split(path: string): { fileSystem: string; name: string } {
  const slash = path.indexOf('/');
  if (slash <= 0) throw new Error(`${JSON.stringify(path)} is no lake path: expected FILESYSTEM/path`);
  return { fileSystem: path.slice(0, slash), name: path.slice(slash + 1) };
}

function unquoted(eTag: string | undefined): string {
  return (eTag ?? '').replace(/^"|"$/g, '');
}

async function* absentIsEmpty<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* items;
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}
