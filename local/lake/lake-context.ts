import type { IncomingMessage } from 'node:http';
import type { Call } from './call.ts';
import type { EventMaker, Happening, StorageEvent } from './events.ts';
import type { Intents } from './intents.ts';
import type { PathLock } from './path-lock.ts';
import type { Store } from './store.ts';

/** What the parts of the lake work with. */
export interface LakeContext {
  account: string;
  key: string;
  /** The blob service behind the lake, `http://HOST:PORT/ACCOUNT`. */
  blobUrl: URL;
  store: Store;
  lock: PathLock;
  intents: Intents;
  events: EventMaker;
  onEvent: (event: StorageEvent) => unknown;
}

/** An answer to a DFS call. */
export interface Reply {
  status: number;
  headers?: Record<string, string | undefined>;
  body?: object;
  /** XML. */
  text?: string;
  /** An answer of the blob service that is passed on. */
  stream?: IncomingMessage;
}

/** Tells of a happening, and comes back when it has been taken. */
export async function tell(lake: LakeContext, call: Call, happening: Omit<Happening, 'path'>): Promise<void> {
  await lake.onEvent(lake.events.make({ ...happening, path: lakePath(call) }, call.request));
}

/** `FILESYSTEM/path` of a call. */
export function lakePath({ filesystem, path }: Call): string {
  return path === '' ? filesystem : `${filesystem}/${path}`;
}

/** The headers that tell which version of a path is there. */
export function version({
  etag,
  lastModified,
}: {
  etag?: string;
  lastModified?: Date;
}): Record<string, string | undefined> {
  return { etag, 'last-modified': lastModified?.toUTCString() };
}

/** Runs work while it holds the call's path. */
export async function holding<T>(
  lake: LakeContext,
  call: Call,
  how: { exclusive?: boolean; tree?: boolean; also?: string[] },
  work: () => Promise<T>,
): Promise<T> {
  const holds = [lakePath(call), ...(how.also ?? [])].map((path) => ({ path, tree: how.tree ?? false }));
  const release = await lake.lock.take(holds, how.exclusive ?? false);
  try {
    return await work();
  } finally {
    release();
  }
}
