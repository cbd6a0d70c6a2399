import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { blobCall } from './blob-calls.ts';
import { header, parseCall, speaksDfs } from './call.ts';
import { dfs } from './dfs.ts';
import { carryOut } from './dfs-trees.ts';
import { EventMaker, type StorageEvent } from './events.ts';
import { Intents } from './intents.ts';
import type { LakeContext, Reply } from './lake-context.ts';
import { LakeError, asDfsRefusal } from './lake-error.ts';
import { PathLock } from './path-lock.ts';
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

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body, text, stream }: Reply,
): Promise<void> {
  const own = Object.entries({ ...commonHeaders(request), ...headers }).filter(([, value]) => value !== undefined);
  for (const [name, value] of Object.entries(stream?.headers ?? Object.fromEntries(own)))
    response.setHeader(name, value as string);
  for (const [name, value] of stream ? Object.entries(headers ?? {}) : []) response.setHeader(name, value as string);
  response.statusCode = status;
  if (stream) return pipeline(stream, response);
  const content = body ? JSON.stringify(body) : text;
  if (body) response.setHeader('content-type', 'application/json;charset=utf-8');
  if (content !== undefined) response.setHeader('content-length', Buffer.byteLength(content));
  else if (request.method !== 'HEAD') response.setHeader('content-length', 0);
  response.end(content);
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown, isDfs: boolean): void {
  if (response.headersSent) return void response.destroy();
  const known =
    error instanceof LakeError ? error : new LakeError(500, 'InternalError', `The local lake failed: ${String(error)}`);
  const { status, code, message, headers } = known;
  const body = isDfs
    ? JSON.stringify({ error: { code, message } })
    : `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message.replace(/[<>&]/g, ' ')}</Message></Error>`;
  // What is left of the body is not read: the connection cannot be used again.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, {
    ...commonHeaders(request),
    ...headers,
    'x-ms-error-code': code,
    'content-type': isDfs ? 'application/json;charset=utf-8' : 'application/xml',
    ...(request.method !== 'HEAD' && { 'content-length': Buffer.byteLength(body) }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function commonHeaders(request: IncomingMessage): Record<string, string | undefined> {
  const version = header(request, 'x-ms-version');
  const clientId = header(request, 'x-ms-client-request-id');
  return {
    'x-ms-request-id': randomUUID(),
    ...(version && { 'x-ms-version': version }),
    ...(clientId && { 'x-ms-client-request-id': clientId }),
  };
}
