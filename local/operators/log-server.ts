import { createReadStream, existsSync, statSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where logs are served and to whom: to bearers of the token and to clients with a certificate of the authority. */
export interface LogAccess {
  port: number;
  token: string;
  tls: { key: string; cert: string };
  ca: string;
}

type FileOf = (namespace: string, pod: string, container: string) => string;
type IsOpen = (file: string) => boolean;

const SUPPORTED = ['follow', 'tailLines', 'limitBytes'];
/** File watching misses changes on some file systems. */
const LOOK_AGAIN_MS = 500;

/** Serves GET /containerLogs/NAMESPACE/POD/CONTAINER as a kubelet does. `isOpen` tells if a log may still grow. */
export async function serveLogs({ port, token, tls, ca }: LogAccess, fileOf: FileOf, isOpen: IsOpen) {
  const mayRead = ({ headers, socket }: IncomingMessage) =>
    headers.authorization === `Bearer ${token}` || (socket as TLSSocket).authorized;
  const options = { ...tls, ca, requestCert: true, rejectUnauthorized: false };
  const server = https.createServer(options, (request, response) => {
    if (!mayRead(request)) return void response.writeHead(401).end('Unauthorized');
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://kubelet');
    const [, route, ...names] = pathname.split('/').map(decodeURIComponent);
    const [namespace = '', pod = '', container = ''] = names;
    if (route !== 'containerLogs') return void response.writeHead(404).end(`${pathname} is not served by this kubelet`);
    const refused = [...searchParams].find(([name, value]) => value !== 'false' && !SUPPORTED.includes(name))?.[0];
    if (refused) return void response.writeHead(400).end(`${refused} is not supported by this kubelet`);
    const file = fileOf(namespace, pod, container);
    if (!existsSync(file))
      return void response.writeHead(400).end(`container "${container}" in pod "${pod}" is waiting to start`);
    sendLog(file, searchParams, response, isOpen).catch((error: unknown) => response.destroy(error as Error));
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function sendLog(file: string, query: URLSearchParams, response: ServerResponse, isOpen: IsOpen): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const content = await readFile(file);
  const shown = lastLines(content, query.get('tailLines'));
  response.write(shown.subarray(0, Number(query.get('limitBytes') ?? shown.length)));
  if (query.get('follow') === 'true') await follow(file, content.length, response, isOpen);
  response.end();
}

/** The last lines of a log; all of it where no number is given. */
export function lastLines(content: Buffer, count: string | null): Buffer {
  if (count === null) return content;
  let start = content.length;
  for (let left = Number(count); left > 0 && start > 0; left--)
    start = start > 1 ? content.lastIndexOf('\n', start - 2) + 1 : 0;
  return content.subarray(start);
}

async function follow(file: string, from: number, response: ServerResponse, isOpen: IsOpen): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let changed = Promise.withResolvers<unknown>();
  const watcher = watch(file, () => changed.resolve(true));
  for (let position = from, isLast = false; !isLast && !gone.signal.aborted;) {
    isLast = !isOpen(file);
    const size = existsSync(file) ? statSync(file).size : position;
    // A container that started again has a log that starts again.
    if (size < position) position = 0;
    if (size > position)
      await pipeline(createReadStream(file, { start: position, end: size - 1 }), response, { end: false });
    position = size;
    if (!isLast) await Promise.race([changed.promise, sleep(LOOK_AGAIN_MS)]);
    changed = Promise.withResolvers();
  }
  watcher.close();
}
