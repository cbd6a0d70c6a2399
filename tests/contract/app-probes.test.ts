import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEventGrid, type EventGrid } from '../../local/event-grid/event-grid.ts';
import { startRegistry } from '../../local/registry/registry.ts';
import { ensureCertificates, type Certificates } from '../../local/tls.ts';
import { createProbes } from '../../shared/clients/probes.ts';
import { createRegistry } from '../../shared/clients/registry.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

// What health tries, by the real SDKs: that it is allowed, that a refusal is seen, and that nothing stays.
const folder = mkdtempSync(join(tmpdir(), 'landfall-probes-'));
const trusted = getCACertificates();
const closers: (() => Promise<unknown>)[] = [];
let tls: Certificates;
let storage: Storage;
let eventGrid: EventGrid;
let registryUrl: string;

beforeAll(async () => {
  tls = await ensureCertificates(join(folder, 'tls'));
  setDefaultCACertificates([...trusted, tls.ca]);
  storage = await startStorage('landing', 'runs');
  eventGrid = await startEventGrid({ port: 0, dataDir: join(folder, 'events'), key: 'topic-key' });
  const registry = await startRegistry({ port: 0, dataDir: join(folder, 'registry'), tls });
  registryUrl = registry.url;
  closers.push(storage.close, eventGrid.close, registry.close);
});
afterAll(async () => {
  for (const close of closers) await close();
  setDefaultCACertificates(trusted);
  rmSync(folder, { recursive: true });
});

/** Probes of what was started, or of something else. */
function probes({ lakeKey = storage.place.key, topicKey = 'topic-key', registry = registryUrl } = {}) {
  const config = {
    lake: { ...storage.place, key: lakeKey },
    topic: { url: `${eventGrid.url}/topics/landfall/api/events`, key: topicKey },
    registry: { url: registry, anonymous: true },
  };
  return createProbes(config, storage.open, storage.identity);
}

test('what may be done is tried, twice at once too, and leaves nothing that anybody sees', async () => {
  const all = [probes(), probes()].flatMap(({ lake, tables, topic, registry }) => [
    lake(),
    tables(),
    topic(),
    registry(),
  ]);
  await Promise.all(all);
  expect(await storage.lake.list('runs/')).toEqual([]);
  const rows = [];
  for await (const row of storage.open('Models').listEntities()) rows.push(row);
  expect(rows).toEqual([]);
  expect(eventGrid.stats().published).toBe(0);
  expect(await createRegistry(registryUrl, undefined).digestOf('serving', 'base')).toBeUndefined();
});

test('a credential that is not accepted is seen', async () => {
  await expect(probes({ lakeKey: Buffer.from('other').toString('base64') }).lake()).rejects.toMatchObject({
    statusCode: 403,
  });
  await expect(probes({ topicKey: 'other' }).topic()).rejects.toMatchObject({ statusCode: 401 });
});

test('a file system or a table that is missing is seen', async () => {
  const config = { lake: storage.place, topic: { url: '' }, registry: { url: registryUrl, anonymous: true } };
  const other = createProbes(config, () => storage.open('Missing' as never), storage.identity);
  await expect(other.tables()).rejects.toMatchObject({ statusCode: 404 });
});

test('a registry that lets us read and not push is seen', async () => {
  const server = createServer({ key: tls.key, cert: tls.cert }, (request, response) => {
    response.writeHead(request.method === 'POST' ? 403 : 200, { 'content-type': 'application/json' });
    response.end('{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const registry = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(probes({ registry }).registry()).rejects.toMatchObject({ statusCode: 403 });
  server.closeAllConnections();
  server.close();
});
