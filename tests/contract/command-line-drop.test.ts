import { randomBytes } from 'node:crypto';
import { appendFileSync, createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startAzurite } from '../../local/lake/azurite.ts';
import { startLake } from '../../local/lake/lake.ts';
import { aRun } from '../kit/answers.ts';
import { runCommand } from '../kit/command-line.ts';
import { startStandInApp, type StandInApp } from '../kit/stand-in-app.ts';
import type { StorageEvent } from '../kit/storage.ts';

const account = 'landfall';
const key = randomBytes(64).toString('base64');
const root = mkdtempSync(join(tmpdir(), 'landfall-drop-'));
const events: StorageEvent[] = [];
const iris = { name: 'iris', description: '', enabled: true, landing: 'landing/iris/' };
let declared: object = iris;

let lake: Awaited<ReturnType<typeof startLake>>;
let azurite: Awaited<ReturnType<typeof startAzurite>>;
let landing: ReturnType<DataLakeServiceClient['getFileSystemClient']>;
let app: StandInApp;
let arrived: { eTag: string; runId?: string }[] = [];

beforeAll(async () => {
  const [blob, queue, table] = [await freePort(), await freePort(), await freePort()];
  azurite = await startAzurite({ dataDir: join(root, 'azurite'), ports: { blob, queue, table }, account, key });
  lake = await startLake({
    port: 0,
    dataDir: join(root, 'lake'),
    account,
    key,
    azurite: { blob: `http://127.0.0.1:${blob}` },
    onEvent: (event) => void events.push(event as never),
  });
  landing = new DataLakeServiceClient(lake.url, new StorageSharedKeyCredential(account, key)).getFileSystemClient(
    'landing',
  );
  await landing.create();
});
afterAll(async () => {
  await lake.close();
  await azurite.close();
  rmSync(root, { recursive: true, force: true });
});

beforeEach(async () => {
  arrived = [];
  declared = iris;
  app = await startStandInApp({
    'GET pipelines': () => ({ body: { value: [declared] } }),
    'GET arrivals': ({ query }) => ({
      body: {
        path: query.get('path'),
        value: arrived.map((one) => ({ pipeline: 'iris', size: 4, at: '2026-03-01T10:15:02.000Z', ...one })),
        runs: [],
      },
    }),
    'GET runs/r': { body: aRun({ runId: 'r', status: 'Superseded', finishedAt: '2026-03-01T10:15:02.000Z' }) },
  });
  mkdirSync(join(root, '.landfall'), { recursive: true });
  const endpoints = { functions: { url: app.url, key: 'k' }, lake: { dfs: lake.url, account, key } };
  writeFileSync(join(root, '.landfall/endpoints.json'), JSON.stringify(endpoints));
  events.length = 0;
});
afterEach(() => app.close());

const drop = (args: string[], onOutput?: (text: string) => void) =>
  runCommand(['drop', ...args], { folder: root, ...(onOutput && { onOutput }) });

async function listed(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of landing.listPaths({ recursive: true }))
    if (!isDirectory && name) names.push(name);
  return names;
}

test.each(['plain.csv', 'two words.csv', '100% ä %41.csv', '<b>&amp;\'".csv', 'a+b#c?d=e.csv', '漢字 🙂.csv'])(
  '%s lands under its own name, whole, and tells the app once',
  async (name) => {
    writeFileSync(join(root, name), `a\n${name}\n`);
    const { code, out, err } = await drop([name, '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const file = landing.getFileClient(`iris/${name}`);
    expect((await file.readToBuffer()).toString()).toBe(`a\n${name}\n`);
    const { etag } = await file.getProperties();
    const size = Buffer.byteLength(`a\n${name}\n`);
    expect(JSON.parse(out)).toEqual({
      dropped: [{ path: `landing/iris/${name}`, size, eTag: etag?.replaceAll('"', '') }],
    });
    const told = events
      .filter(({ eventType }) => /Blob(Created|Renamed)$/.test(eventType))
      .map((event) => event.data.api);
    expect(told.filter((api) => api !== 'CreateFile')).toEqual(['RenameFile']);
  },
);

test('a file that is dropped again replaces the one before', async () => {
  writeFileSync(join(root, 'again.csv'), 'a\n1\n');
  await drop(['again.csv']);
  writeFileSync(join(root, 'again.csv'), 'a\n2\n');
  expect((await drop(['again.csv', '--to', 'landing/iris'])).code).toBe(0);
  expect((await landing.getFileClient('iris/again.csv').readToBuffer()).toString()).toBe('a\n2\n');
});

test('many megabytes go in pieces, with progress', async () => {
  const big = createWriteStream(join(root, 'big.csv'));
  for (let piece = 0; piece < 20; piece++) big.write(Buffer.alloc(1_000_000, 65 + piece));
  big.end();
  await once(big, 'close');
  const { code, out } = await drop(['big.csv']);
  expect(code).toBe(0);
  expect(out).toMatch(/… dropping big\.csv · 8\.39 MB of 20 MB, 41\.9 %\n/);
  expect(out).toMatch(/dropped landing\/iris\/big\.csv \(20 MB\)\n$/);
  const content = await landing.getFileClient('iris/big.csv').readToBuffer();
  expect([content.length, content[0], content.at(-1)]).toEqual([20_000_000, 65, 84]);
});

test('a file that grows while it is read is refused, and nothing of it is left', async () => {
  writeFileSync(join(root, 'growing.csv'), Buffer.alloc(9_000_000, 65));
  let grown = false;
  const ended = await drop(['growing.csv'], () => {
    if (!grown) appendFileSync(join(root, 'growing.csv'), 'more');
    grown = true;
  });
  expect(ended).toMatchObject({
    code: 2,
    err: expect.stringMatching(/has changed while it was read\.\n {2}→ Wait/) as string,
  });
  expect((await listed()).filter((name) => name.includes('growing') || name.includes('.dropping'))).toEqual([]);
});

test('a marker may be empty and hidden', async () => {
  declared = { ...iris, landingPattern: '*.csv', landingMarker: '_SUCCESS' };
  writeFileSync(join(root, '_SUCCESS'), '');
  expect((await drop(['_SUCCESS'])).code).toBe(2);
  expect(await drop(['_SUCCESS', '--marker'])).toMatchObject({
    code: 0,
    out: expect.not.stringContaining('→') as string,
  });
  expect(await listed()).toContain('iris/_SUCCESS');
  writeFileSync(join(root, 'before-its-marker.csv'), 'a\n1\n');
  const { out } = await drop(['before-its-marker.csv']);
  expect(out).toMatch(
    /starts once its marker _SUCCESS comes.*\n {2}→ npx landfall .*drop _SUCCESS --marker --pipeline iris\n$/,
  );
});

test('the run of this very version of the file is followed', async () => {
  writeFileSync(join(root, 'followed.csv'), 'a\n1\n');
  arrived = [{ eTag: '0xOLD', runId: 'old' }];
  const { code, out } = await drop(['followed.csv', '--follow'], (text) => {
    if (!text.includes('waiting for the app to hear of it')) return;
    void landing
      .getFileClient('iris/followed.csv')
      .getProperties()
      .then(({ etag = '' }) => arrived.push({ eTag: etag.replaceAll('"', ''), runId: 'r' }));
  });
  expect(code).toBe(1);
  expect(out).toMatch(/^dropped .*\n.*waiting for the app to hear of it\nRun r\n\n✖ r superseded\n$/);
});

test('a lake that refuses is told with what cures it', async () => {
  writeFileSync(join(root, 'plain.csv'), 'a\n1\n');
  const endpoints = {
    functions: { url: app.url, key: 'k' },
    lake: { dfs: lake.url, account, key: randomBytes(64).toString('base64') },
  };
  writeFileSync(join(root, '.landfall/endpoints.json'), JSON.stringify(endpoints));
  const ended = await drop(['plain.csv']);
  expect(ended).toMatchObject({
    code: 3,
    err: expect.stringMatching(/The lake refuses this.*\n {2}→ Ask for the role/) as string,
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
