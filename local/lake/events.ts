import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { header } from './call.ts';

/** A storage event in the Event Grid schema. https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage */
export interface StorageEvent {
  topic: string;
  subject: string;
  eventType: string;
  eventTime: string;
  id: string;
  dataVersion: string;
  metadataVersion: string;
  data: Record<string, unknown>;
}

/** What happened, in the words of the call that did it. */
export interface Happening {
  api: string;
  /** `FILESYSTEM/path`, decoded. */
  path: string;
  /** Where a rename took it from, `FILESYSTEM/path`. */
  from?: string;
  eTag?: string | undefined;
  contentType?: string | undefined;
  contentLength?: number | undefined;
  recursive?: boolean;
}

const TYPES: Record<string, string> = {
  RenameFile: 'BlobRenamed',
  DeleteFile: 'BlobDeleted',
  DeleteBlob: 'BlobDeleted',
  CreateDirectory: 'DirectoryCreated',
  RenameDirectory: 'DirectoryRenamed',
  DeleteDirectory: 'DirectoryDeleted',
};
const BLOB_APIS = new Set(['PutBlob', 'PutBlockList', 'CopyBlob', 'DeleteBlob']);

/** Makes the storage events of one account. */
export class EventMaker {
  readonly #account: string;
  readonly #now: () => Date;
  #last = 0n;

  constructor(account: string, now: () => Date = () => new Date()) {
    this.#account = account;
    this.#now = now;
  }

  /** The event that Event Grid would carry for a happening. */
  make(happening: Happening, request?: IncomingMessage): StorageEvent {
    const [filesystem, ...path] = happening.path.split('/');
    const ofBlob = BLOB_APIS.has(happening.api);
    return {
      topic: `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/landfall/providers/Microsoft.Storage/storageAccounts/${this.#account}`,
      subject: `/blobServices/default/containers/${filesystem}/blobs/${path.join('/')}`,
      eventType: `Microsoft.Storage.${TYPES[happening.api] ?? 'BlobCreated'}`,
      eventTime: this.#now().toISOString(),
      id: randomUUID(),
      dataVersion: ofBlob ? '' : '2',
      metadataVersion: '1',
      data: this.#details(happening, ofBlob, request),
    };
  }

  #details(happening: Happening, ofBlob: boolean, request?: IncomingMessage): Record<string, unknown> {
    const { api, path, from, eTag, contentType, contentLength, recursive } = happening;
    const url = (lakePath: string) =>
      `https://${this.#account}.${ofBlob ? 'blob' : 'dfs'}.core.windows.net/${lakePath.split('/').map(encodeURIComponent).join('/')}`;
    return {
      api,
      clientRequestId: (request && header(request, 'x-ms-client-request-id')) ?? randomUUID(),
      requestId: randomUUID(),
      ...(eTag !== undefined && { eTag: eTag.replaceAll('"', '') }),
      ...(contentType !== undefined && { contentType }),
      ...(contentLength !== undefined && { contentLength }),
      ...(contentLength !== undefined && !ofBlob && { contentOffset: 0 }),
      ...(!api.endsWith('Directory') && { blobType: 'BlockBlob' }),
      ...(from === undefined ? { url: url(path) } : { sourceUrl: url(from), destinationUrl: url(path) }),
      ...(recursive !== undefined && { recursive: String(recursive) }),
      sequencer: this.#sequence(),
      storageDiagnostics: { batchId: randomUUID() },
    };
  }

  /** Grows with each event, also over restarts, and sorts as text. */
  #sequence(): string {
    const next = BigInt(this.#now().getTime()) << 64n;
    this.#last = next > this.#last ? next : this.#last + 1n;
    return this.#last.toString(16).padStart(32, '0');
  }
}
