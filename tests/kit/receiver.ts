import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A server of somebody else who is told things: it keeps the JSON bodies that are posted to it, by path. */
export interface Receiver {
  url: string;
  received: { path: string; body: Record<string, unknown> }[];
  close(): Promise<void>;
}

/** Starts it; it agrees when Event Grid asks whether it wants events. */
export async function startReceiver(): Promise<Receiver> {
  const received: Receiver['received'] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const content = await text(request);
      if (request.method === 'OPTIONS') return response.setHeader('WebHook-Allowed-Origin', '*').end();
      const bodies = [JSON.parse(content) as Record<string, unknown> | Record<string, unknown>[]].flat();
      received.push(...bodies.map((body) => ({ path: request.url ?? '', body })));
      return response.end();
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
