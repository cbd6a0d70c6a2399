import {
  DataLakeServiceClient,
  StorageSharedKeyCredential,
  type DataLakeFileClient,
} from '@azure/storage-file-datalake';
import type { TokenCredential } from '@azure/identity';
import type { Config } from '../config.ts';
import { absent } from './absent.ts';
import { isStatus } from './is-status.ts';

/** Where collected files land: written aside first, where nobody looks, and then renamed. Paths are lake paths. */
export interface Landing {
  /** Writes chunks to a file aside, over an older one of that name. */
  write(aside: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Gives a file aside its name, which raises the event of its arrival; one that has the name already stays. */
  reveal(aside: string, path: string): Promise<void>;
  /** Deletes a file; none to delete is fine. */
  drop(path: string): Promise<void>;
  /** Deletes the files right in a folder that were last written before a time: what a crash has left aside. */
  dropOlder(folder: string, than: Date): Promise<void>;
}

/** Bytes of one append. https://learn.microsoft.com/rest/api/storageservices/datalakestoragegen2/path/update */
const APPEND_BYTES = 4 * 1_048_576;

/** The landing zone behind the Data Lake client, with the account key where one is configured, else with the identity. */
export function createLanding({ url, account, key }: Config['lake'], identity: () => TokenCredential): Landing {
  const service = new DataLakeServiceClient(url, key ? new StorageSharedKeyCredential(account, key) : identity());
  const place = (path: string) => {
    const slash = path.indexOf('/');
    return { fileSystem: service.getFileSystemClient(path.slice(0, slash)), name: path.slice(slash + 1) };
  };
  const file = (path: string): DataLakeFileClient => {
    const { fileSystem, name } = place(path);
    return fileSystem.getFileClient(name);
  };

  const landing: Landing = {
    async write(aside, chunks) {
      const client = file(aside);
      await client.create();
      let written = 0;
      for await (const block of blocks(chunks)) {
        await client.append(block, written, block.length);
        written += block.length;
      }
      // Not closed: that would raise an event for a file that is no arrival yet.
      await client.flush(written);
    },
    async reveal(aside, path) {
      // Of all methods this one takes its path as it stands in a URL.
      const target = place(path).name.split('/').map(encodeURIComponent).join('/');
      try {
        await file(aside).move(target, { destinationConditions: { ifNoneMatch: '*' } });
      } catch (error) {
        // The same content came before, or this very rename did and its answer was lost.
        if (!isStatus(error, 404, 409, 412) || !(await file(path).exists())) throw error;
        await landing.drop(aside);
      }
    },
    async drop(path) {
      await absent(() => file(path).delete());
    },
    async dropOlder(folder, than) {
      const { fileSystem, name } = place(folder);
      const old: string[] = [];
      await absent(async () => {
        for await (const item of fileSystem.listPaths({ path: name.replace(/\/$/, '') })) {
          if (item.name !== undefined && !item.isDirectory && (item.lastModified ?? than) < than) old.push(item.name);
        }
      });
      for (const path of old) await absent(() => fileSystem.getFileClient(path).delete());
    },
  };
  return landing;
}

/** The same bytes in blocks of one append each. */
async function* blocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let gathered: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    gathered.push(chunk);
    size += chunk.length;
    if (size < APPEND_BYTES) continue;
    yield Buffer.concat(gathered);
    [gathered, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(gathered);
}
