import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server of somebody else that behaves as a test wants, path by path, and remembers what it was asked. */
export interface OddServer {
  url: string;
  port: number;
  asked: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  /** Sets what a path answers from now on. */
  on(path: string, answer: Answer): void;
  close(): Promise<void>;
}

/** Starts it on loopback. */
export async function startOddServer(): Promise<OddServer> {
  const answers = new Map<string, Answer>();
  const asked: OddServer['asked'] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ method: request.method ?? '', path, headers: request.headers });
    const answer = answers.get(path);
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    on: (path, answer) => void answers.set(path, answer),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with content, as a file server does: by HEAD its head alone, by a known ETag 304. */
export function serving(content: string, headers: Record<string, string> = {}): Answer {
  return (request, response) => {
    const isKnown = headers.etag !== undefined && request.headers['if-none-match'] === headers.etag;
    response.writeHead(isKnown ? 304 : 200, {
      'content-type': 'text/csv',
      'content-length': Buffer.byteLength(content),
      ...headers,
    });
    response.end(isKnown || request.method === 'HEAD' ? undefined : content);
  };
}
