import {
  BlobServiceClient,
  StorageSharedKeyCredential,
  isRestError,
  type BlobClient,
  type BlobGetPropertiesResponse,
  type Metadata,
  type ContainerClient,
} from '@azure/storage-blob';
import { LakeError } from './lake-error.ts';
import { FOLDER_MARK } from './properties.ts';

/** A file or a directory. */
export interface Entry {
  isDirectory: boolean;
  properties: BlobGetPropertiesResponse;
}

const PARALLEL = 16;
// Azurite is back soon after it died.
const RETRY = { maxTries: 6, retryDelayInMs: 200, maxRetryDelayInMs: 2000 };

/** The flat blob store below the lake, seen as a tree: each directory is an empty blob with a mark. */
export class Store {
  readonly service: BlobServiceClient;
  /** Directories known to be there, so that writing a file does not ask for its parents each time. */
  readonly #known = new Set<string>();

  constructor(url: string, account: string, key: string) {
    this.service = new BlobServiceClient(url, new StorageSharedKeyCredential(account, key), { retryOptions: RETRY });
  }

  container(filesystem: string): ContainerClient {
    return this.service.getContainerClient(filesystem);
  }

  blob(filesystem: string, path: string): BlobClient {
    return this.container(filesystem).getBlobClient(path);
  }

  /** What is at a path; the root is always a directory. */
  async find(filesystem: string, path: string): Promise<Entry | undefined> {
    if (path === '')
      return { isDirectory: true, properties: (await this.container(filesystem).getProperties()) as never };
    try {
      const properties = await this.blob(filesystem, path).getProperties();
      return { isDirectory: isFolder(properties.metadata), properties };
    } catch (error) {
      if (isRestError(error) && error.statusCode === 404 && codeOf(error) === 'BlobNotFound') return undefined;
      throw error;
    }
  }

  async get(filesystem: string, path: string): Promise<Entry> {
    const found = await this.find(filesystem, path);
    if (!found) throw new LakeError(404, 'PathNotFound', 'The specified path does not exist.');
    return found;
  }

  async hasChildren(filesystem: string, path: string): Promise<boolean> {
    const pages = this.container(filesystem)
      .listBlobsFlat({ prefix: below(path) })
      .byPage({ maxPageSize: 1 });
    const { value } = await pages.next();
    return (value?.segment.blobItems.length ?? 0) > 0;
  }

  /** Makes a directory and those above it, where they are not there yet. */
  async ensureDirectory(filesystem: string, path: string, metadata?: Metadata): Promise<void> {
    if (path === '' || this.#known.has(`${filesystem}/${path}`)) return;
    await this.ensureDirectory(filesystem, parentOf(path));
    const marked = { ...metadata, [FOLDER_MARK]: 'true' };
    const blob = this.blob(filesystem, path).getBlockBlobClient();
    try {
      await blob.upload('', 0, { metadata: marked, conditions: { ifNoneMatch: '*' } });
    } catch (error) {
      if (!isRestError(error) || error.statusCode !== 409 || codeOf(error) !== 'BlobAlreadyExists') throw error;
      if (!(await this.get(filesystem, path)).isDirectory)
        throw new LakeError(409, 'PathConflict', `${path} is a file: it cannot hold other paths.`);
    }
    this.#known.add(`${filesystem}/${path}`);
  }

  /** Forgets which directories are there, at a path and below it. */
  forget(path: string): void {
    for (const known of this.#known) if (known === path || known.startsWith(`${path}/`)) this.#known.delete(known);
  }

  /** Copies what is at a path and below it to another path. Can be repeated. */
  async copyTree(from: string, to: string): Promise<void> {
    await this.#eachBelow(from, async (source, suffix) => {
      const [filesystem, path] = split(to);
      await this.blob(filesystem, path + suffix).syncCopyFromURL(source.url);
    });
  }

  /** Deletes what is at a path and below it. Can be repeated. */
  async deleteTree(from: string, leaseId?: string): Promise<void> {
    this.forget(from);
    await this.#eachBelow(from, (blob) =>
      blob.deleteIfExists({ deleteSnapshots: 'include', ...(leaseId && { conditions: { leaseId } }) }),
    );
  }

  async #eachBelow(lakePath: string, act: (blob: BlobClient, suffix: string) => Promise<unknown>): Promise<void> {
    const [filesystem, path] = split(lakePath);
    const suffixes = (await this.find(filesystem, path)) ? [''] : [];
    for await (const { name } of this.container(filesystem).listBlobsFlat({ prefix: below(path) })) {
      suffixes.push(name.slice(path.length));
    }
    const worker = async () => {
      for (let next = suffixes.pop(); next !== undefined; next = suffixes.pop())
        await act(this.blob(filesystem, path + next), next);
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  }
}

/** The directory that a path lies in; empty for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The prefix of all names below a directory. */
export function below(path: string): string {
  return path === '' ? '' : `${path}/`;
}

/** Whether metadata marks a directory. */
export function isFolder(metadata: Record<string, string> = {}): boolean {
  return Object.entries(metadata).some(([name, value]) => name.toLowerCase() === FOLDER_MARK && value === 'true');
}

function split(lakePath: string): [filesystem: string, path: string] {
  const [filesystem = '', path = ''] = lakePath.split(/\/(.*)/s);
  return [filesystem, path];
}

function codeOf(error: {
  response?: { headers: { get(name: string): string | undefined } };
  code?: string;
}): string | undefined {
  return error.response?.headers.get('x-ms-error-code') ?? error.code;
}
