import { request as send, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import type { Call } from './call.ts';
import type { LakeContext } from './lake-context.ts';
import { dfsRefusal } from './lake-error.ts';
import { sign } from './shared-key.ts';

// These belong to one connection. Expect has been answered by our own server.
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect'];

/** What is other in a call when it goes on; it is then signed anew. */
export interface Change {
  method?: string;
  /** Instead of the call's own. */
  query?: URLSearchParams;
  headers?: Record<string, string>;
}

/** Sends a call on to the blob service, its body streamed; comes back with the head of the answer. */
export async function forward(lake: LakeContext, call: Call, change?: Change): Promise<IncomingMessage> {
  const { request } = call;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { hostname, port } = lake.blobUrl;
  const asCame = { method: request.method, path: request.url, headers: request.headers };
  const { headers, ...rest } = change ? withChange(lake, call, change) : asCame;
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
  if (request.headers['transfer-encoding']) kept['transfer-encoding'] = 'chunked';
  const upstream = send({ hostname, port, ...rest, headers: kept });
  upstream.on('response', resolve).on('error', reject);
  pipeline(request, upstream, (error) => error && reject(error));
  return promise;
}

/** Does the same for a DFS call, and turns a refusal into the DFS endpoint's. */
export async function forwardDfs(lake: LakeContext, call: Call, change: Change): Promise<IncomingMessage> {
  const answer = await forward(lake, call, change);
  const status = answer.statusCode ?? 500;
  if (status < 400) return answer;
  answer.resume();
  throw dfsRefusal(status, String(answer.headers['x-ms-error-code'] ?? 'InternalError'));
}

function withChange(
  lake: LakeContext,
  call: Call,
  change: Change,
): { method: string; path: string; headers: IncomingHttpHeaders } {
  const { method = call.request.method ?? 'GET', query = call.query } = change;
  const headers: IncomingHttpHeaders = { ...call.request.headers, ...change.headers };
  if (headers.authorization?.startsWith('SharedKey ')) {
    headers.authorization = sign({ method, rawPath: call.rawPath, query, headers }, lake.account, lake.key);
  }
  return { method, path: `${call.rawPath}?${query.toString().replaceAll('+', '%20')}`, headers };
}
