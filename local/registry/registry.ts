import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { Blobs } from './blobs.ts';
import { Manifests } from './manifests.ts';
import { refusal } from './refusal.ts';
import { Uploads } from './uploads.ts';

/** Where the registry listens (port 0: any free one) and keeps its data. */
export interface RegistryOptions {
  port: number;
  dataDir: string;
  tls: { key: string; cert: string };
}

/** A registry that runs. */
export interface RunningRegistry {
  url: string;
  close(): Promise<void>;
}

type App = Hono<{ Bindings: HttpBindings }>;

// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
const NAME = /^[a-z0-9]+((\.|_|__|-+|\/)[a-z0-9]+)*$/;
const REPOSITORY = '/v2/:name{.+}';

/** Serves an OCI distribution registry over TLS, on loopback only and without authentication. */
export async function startRegistry({ port, dataDir, tls }: RegistryOptions): Promise<RunningRegistry> {
  const blobs = new Blobs(dataDir);
  const uploads = new Uploads(dataDir, blobs);
  const manifests = new Manifests(dataDir, blobs);
  const { fetch } = createApp(blobs, uploads, manifests);
  const server = createAdaptorServer({ fetch, createServer, serverOptions: tls }) as Server;
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      manifests.close();
    },
  };
}

function createApp(blobs: Blobs, uploads: Uploads, manifests: Manifests): App {
  const app: App = new Hono();
  app.get('/v2/', (c) => c.json({}));
  app.get('/v2/_catalog', (c) => {
    const { names, headers } = readPage(c, (last, limit) => manifests.names(undefined, last, limit));
    return c.json({ repositories: names }, 200, headers);
  });
  app.get(`${REPOSITORY}/tags/list`, (c) => {
    const name = repositoryOf(c);
    if (!blobs.hasRepository(name)) throw refusal(404, 'NAME_UNKNOWN', `There is no repository ${name}`);
    const { names, headers } = readPage(c, (last, limit) => manifests.names(name, last, limit));
    return c.json({ name, tags: names }, 200, headers);
  });
  addUploads(app, uploads);
  app.get(`${REPOSITORY}/blobs/:digest`, (c) => blobs.get(c, repositoryOf(c), c.req.param('digest')));
  app.delete(`${REPOSITORY}/blobs/:digest`, (c) => blobs.delete(repositoryOf(c), c.req.param('digest')));
  addManifests(app, manifests);
  app.notFound(({ req }) => {
    throw refusal(404, 'UNSUPPORTED', `The local registry does not serve ${req.method} ${req.path}`);
  });
  app.onError((error) =>
    (error instanceof HTTPException ? error : refusal(500, 'UNKNOWN', error.message)).getResponse(),
  );
  return app;
}

function addUploads(app: App, uploads: Uploads): void {
  const one = `${REPOSITORY}/blobs/uploads/:id`;
  app.post(`${REPOSITORY}/blobs/uploads/`, (c) =>
    uploads.start(c.env.incoming, repositoryOf(c), c.req.query('digest')),
  );
  app.get(one, (c) => uploads.status(repositoryOf(c), c.req.param('id')));
  app.patch(one, (c) => uploads.append(c.env.incoming, repositoryOf(c), c.req.param('id')));
  app.put(one, (c) => uploads.finish(c.env.incoming, repositoryOf(c), c.req.param('id'), c.req.query('digest')));
  app.delete(one, (c) => uploads.cancel(repositoryOf(c), c.req.param('id')));
}

function addManifests(app: App, manifests: Manifests): void {
  const one = `${REPOSITORY}/manifests/:reference`;
  app.get(one, (c) => manifests.get(repositoryOf(c), c.req.param('reference')));
  app.put(one, async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    return manifests.put(repositoryOf(c), c.req.param('reference'), c.req.header('content-type'), body);
  });
  app.delete(one, (c) => manifests.delete(repositoryOf(c), c.req.param('reference')));
}

function repositoryOf(c: Context): string {
  const name = c.req.param('name') ?? '';
  if (NAME.test(name)) return name;
  throw refusal(400, 'NAME_INVALID', `${name} is no name of a repository`);
}

function readPage(c: Context, read: (last: string, limit: number) => string[]) {
  const n = c.req.query('n');
  if (n !== undefined && !/^\d+$/.test(n)) {
    throw refusal(400, 'PAGINATION_NUMBER_INVALID', `Expected n to be the number of names to list, got ${n}`);
  }
  const size = n === undefined ? undefined : Number(n);
  // One name more than asked for tells whether there is a next page.
  const found = read(c.req.query('last') ?? '', size === undefined ? -1 : size + 1);
  const names = found.slice(0, size);
  const next = new URLSearchParams({ n: String(size), last: names.at(-1) ?? '' });
  const more = names.length > 0 && found.length > names.length;
  const headers: Record<string, string> = more ? { link: `<${c.req.path}?${next.toString()}>; rel="next"` } : {};
  return { names, headers };
}
