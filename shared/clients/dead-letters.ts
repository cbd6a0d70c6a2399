import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import type { TokenCredential } from '@azure/identity';
import type { Config } from '../config.ts';
import { absent } from './absent.ts';

/** What became of a dead letter; also the folder where it lies from then on. */
export type LetterEnd = 'replayed' | 'unreadable';

/** Events that Event Grid gave up delivering: files of container deadletter, each with an array of them. */
export interface DeadLetters {
  /** Paths of letters that nobody has dealt with, at most `limit`. */
  waiting(limit: number): Promise<string[]>;
  /** Content of a letter; undefined when it is gone. */
  read(path: string): Promise<string | undefined>;
  /** Puts a letter away; one that is gone is fine. */
  putAway(path: string, end: LetterEnd): Promise<void>;
}

const ENDS: Record<LetterEnd, true> = { replayed: true, unreadable: true };

/** Dead letters behind the Data Lake client, with the account key where one is configured, else with the identity. */
export function createDeadLetters({ url, account, key }: Config['lake'], identity: () => TokenCredential): DeadLetters {
  const service = new DataLakeServiceClient(url, key ? new StorageSharedKeyCredential(account, key) : identity());
  const container = service.getFileSystemClient('deadletter');
  return {
    async waiting(limit) {
      const found: string[] = [];
      await absent(async () => {
        // The folders of the subscriptions, so that what was put away is not listed over and over.
        for await (const { name = '', isDirectory } of container.listPaths()) {
          if (!isDirectory || name in ENDS) continue;
          for await (const letter of container.listPaths({ path: name, recursive: true })) {
            if (letter.name === undefined || letter.isDirectory || letter.contentLength === 0) continue;
            found.push(letter.name);
            if (found.length >= limit) return;
          }
        }
      });
      return found;
    },
    async read(path) {
      const content = await absent(() => container.getFileClient(path).readToBuffer());
      return content?.toString('utf8');
    },
    async putAway(path, end) {
      const target = `${end}/${path}`;
      await container.getDirectoryClient(target.slice(0, target.lastIndexOf('/'))).createIfNotExists();
      // Of all methods this one takes its path as it stands in a URL.
      const encoded = target.split('/').map(encodeURIComponent).join('/');
      await absent(() => container.getFileClient(path).move(encoded));
    },
  };
}
