import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createApiRecorder } from './api-recorder.ts';

/** What a stand-in of the app answers: a documented body, bare text, or nothing for as long as somebody waits. */
export interface Reply {
  status?: number;
  body?: unknown;
  /** In place of a body: what is no word of the app. */
  bare?: string;
  headers?: Record<string, string>;
  hangs?: boolean;
}

/** A request as it came. */
export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: unknown;
}

type Answers = Reply | Reply[] | ((request: Received) => Reply);

export interface StandInApp {
  url: string;
  received: Received[];
  /** Ends it; fails where something was not as the HTTP API's document has it. */
  close(): Promise<void>;
}

/**
 * A server that answers as the app would, by `METHOD path`: of several replies one after the other, the last one for ever.
 * Bodies of answers and of requests are held against the document of the HTTP API, so that they cannot drift from it.
 */
export async function startStandInApp(answers: Record<string, Answers>): Promise<StandInApp> {
  const recorder = createApiRecorder();
  const received: Received[] = [];
  const faults: string[] = [];
  const turns = new Map<string, number>();

  const replyTo = (request: Received): Reply => {
    const what = `${request.method} ${request.path}`;
    const known = answers[what];
    if (known === undefined) return { status: 404, bare: '' };
    if (typeof known === 'function') return known(request);
    if (!Array.isArray(known)) return known;
    const turn = turns.get(what) ?? 0;
    turns.set(what, turn + 1);
    return known[Math.min(turn, known.length - 1)] ?? {};
  };
  const check = (request: Received, { status = 200, body, headers = {} }: Reply) => {
    const { method, path } = request;
    const contentType = status < 400 || path === 'health' ? 'application/json' : 'application/problem+json';
    try {
      const all = new Headers({ 'content-type': contentType, location: 'https://x', ...headers });
      recorder.check({ method, path, status, headers: all, body });
      const asked = recorder.operationOf(method, path)?.requestBody?.content['application/json']?.schema.$ref;
      const wrong = asked && status < 400 ? recorder.problems(asked.split('/').at(-1) ?? '', request.body) : undefined;
      if (wrong !== undefined) throw new Error(`${method} ${path} was sent otherwise than documented: ${wrong}`);
    } catch (error) {
      faults.push(String(error));
    }
    return contentType;
  };
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const asked = new URL(incoming.url ?? '/', 'http://x');
    const sent = await text(incoming);
    const request: Received = {
      method: incoming.method ?? '',
      path: asked.pathname.replace(/^\/api\//, ''),
      query: asked.searchParams,
      headers: incoming.headers,
      body: sent ? (JSON.parse(sent) as unknown) : undefined,
    };
    received.push(request);
    const reply = replyTo(request);
    const { status = 200, bare, body, headers = {}, hangs } = reply;
    if (hangs) return;
    const contentType = bare === undefined ? check(request, reply) : 'text/plain';
    response.writeHead(status, { 'content-type': contentType, ...headers }).end(bare ?? JSON.stringify(body));
  };

  const server = createServer((incoming, response) => void serve(incoming, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (faults.length > 0) throw new Error(faults.join('\n'));
    },
  };
}

/** A refusal as the app words it. */
export function problem(status: number, detail: string, more: object = {}): Reply {
  return { status, body: { title: 'Refused', status, detail, ...more } };
}
