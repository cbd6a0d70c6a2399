import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { blobCall } from './blob-calls.ts';
import { parseCall, speaksDfs } from './call.ts';
import { dfs } from './dfs.ts';
import { carryOut } from './dfs-trees.ts';
import { EventMaker, type StorageEvent } from './events.ts';
import { Intents } from './intents.ts';
import type { LakeContext } from './lake-context.ts';
import { asDfsRefusal } from './lake-error.ts';
import { PathLock } from './path-lock.ts';
import { refuse, reply } from './reply.ts';
import { Store } from './store.ts';

/** How a lake is started. */
export interface LakeOptions {
  /** 0 takes any free one. */
  port: number;
  dataDir: string;
  account: string;
  /** Base64. */
  key: string;
  /** Where the blob service behind the lake is, `http://HOST:PORT`; a path is left out. */
  azurite: { blob: string };
  /** Takes each storage event; what it returns is awaited before the client hears of success. */
  onEvent?: (event: StorageEvent) => unknown;
}

/** Starts the Data Lake (DFS) endpoint, which passes Blob calls on. */
export async function startLake(options: LakeOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { account, key } = options;
  const blobUrl = new URL(`/${account}`, options.azurite.blob);
  const lake: LakeContext = {
    account,
    key,
    blobUrl,
    store: new Store(blobUrl.href, account, key),
    lock: new PathLock(),
    intents: new Intents(join(options.dataDir, 'intents')),
    events: new EventMaker(account),
    onEvent: options.onEvent ?? (() => undefined),
  };
  await lake.intents.finish((intent) => carryOut(lake, intent));
  // Uploads take as long as they take.
  const server = createServer({ requestTimeout: 0 }, (request, response) => void answer(lake, request, response));
  const { promise, resolve, reject } = Promise.withResolvers();
  server.once('error', reject).listen(options.port, '127.0.0.1', () => resolve(undefined));
  await promise;
  const close = async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${account}`, close };
}

async function answer(lake: LakeContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let isDfs = true;
  try {
    const call = parseCall(request, lake.account);
    isDfs = speaksDfs(call);
    await reply(request, response, isDfs ? await dfs(lake, call) : await blobCall(lake, call));
  } catch (error) {
    refuse(request, response, asDfsRefusal(error), isDfs);
  }
}
