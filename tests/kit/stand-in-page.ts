import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { HttpResponseInit } from '@azure/functions';
import { build } from 'vite';
import { createDashboard } from '../../functions/http/handlers/dashboard.ts';
import { ROOT } from './running-platform.ts';
import { startStandInApp, type Received, type Reply } from './stand-in-app.ts';

const PAGE = /^\/api\/dashboard\/?/;

/** The page as the app serves it, over answers of a stand-in. */
export interface StandInPage {
  url: string;
  /** What the page asked and said. */
  received: Received[];
  /** Ends it; fails where an answer or a request was not as the HTTP API's document has it. */
  close(): Promise<void>;
}

/** Builds the page into a folder. */
export async function buildPage(outDir: string): Promise<void> {
  await build({ configFile: join(ROOT, 'dashboard/vite.config.mjs'), build: { outDir, emptyOutDir: true } });
}

/** Serves a built page with the app's own function, so under its content security policy, and the answers beside it. */
export async function startStandInPage(
  folder: string,
  answers: Record<string, Reply | Reply[] | ((request: Received) => Reply)>,
): Promise<StandInPage> {
  const app = await startStandInApp(answers);
  const dashboard = createDashboard(folder);

  const servePage = async (incoming: IncomingMessage, path: string): Promise<HttpResponseInit> => {
    const headers = new Headers(incoming.headers as Record<string, string>);
    return dashboard({ params: { path }, headers } as Parameters<typeof dashboard>[0], { error: console.error });
  };
  const forward = async (incoming: IncomingMessage): Promise<HttpResponseInit> => {
    const { method = 'GET', url = '/' } = incoming;
    const { host: _, connection: __, ...headers } = incoming.headers as Record<string, string>;
    const body = method === 'GET' ? undefined : await buffer(incoming);
    const answer = await fetch(app.url + url, { method, headers, redirect: 'manual', ...(body?.length && { body }) });
    return {
      status: answer.status,
      headers: Object.fromEntries(
        [...answer.headers].filter(([name]) => !/^(transfer-encoding|connection)$/.test(name)),
      ),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  };
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://x');
    const { status, headers, body } = PAGE.test(pathname)
      ? await servePage(incoming, pathname.replace(PAGE, ''))
      : await forward(incoming);
    response.writeHead(status ?? 200, headers as Record<string, string>).end(body);
  };

  // What is never answered fails once the stand-in ends.
  const server = createServer((incoming, response) => void serve(incoming, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: app.received,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
    },
  };
}
