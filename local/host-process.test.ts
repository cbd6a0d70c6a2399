import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startHost, type HostProcess } from './host-process.ts';
import { coreTools } from './host-program.ts';

const STORAGE = 'DefaultEndpointsProtocol=http;AccountName=landfall';
/** Notes how it was started, answers when asked whether it is up, and says when it is told to end. */
const FUNC = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const note = (line) => appendFileSync(process.env.NOTES, JSON.stringify(line) + '\\n');
const { FUNCTIONS_WORKER_RUNTIME: runtime, AzureWebJobsStorage: storage, LAKE_URL: lake } = process.env;
note({ args: process.argv.slice(2), folder: process.cwd(), runtime, storage, lake });
const port = Number(process.argv.at(-1));
require('node:http').createServer((request, response) => {
  if (request.url === '/crash') process.exit(3);
  response.writeHead(request.url === '/admin/host/ping' ? 200 : 404).end();
}).listen(port, '127.0.0.1');
process.on('SIGTERM', () => { note('told to end'); process.exit(0); });
`;

let folder: string;
let host: HostProcess | undefined;
const said: string[] = [];
const pids: number[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landfall-func-'));
  said.length = pids.length = 0;
});
afterEach(async () => {
  await host?.close();
  host = undefined;
  rmSync(folder, { recursive: true });
});

const notes = () =>
  readFileSync(join(folder, 'notes'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startFunc(program = FUNC): Promise<number> {
  writeFileSync(join(folder, 'func'), program);
  chmodSync(join(folder, 'func'), 0o755);
  const port = await freePort();
  host = await startHost({
    app: folder,
    port,
    program: coreTools(port, STORAGE, `/nowhere:${folder}`),
    logFile: join(folder, 'host.log'),
    env: { LAKE_URL: 'http://lake', NOTES: join(folder, 'notes') },
    say: (line) => void said.push(line),
    onPid: (pid) => void pids.push(pid),
  });
  return port;
}

describe('Azure Functions Core Tools', () => {
  test('are started in the app’s folder, on its port, with its settings and storage, and told to end', async () => {
    const port = await startFunc();
    await host?.close();
    const started = { folder, runtime: 'node', storage: STORAGE, lake: 'http://lake' };
    expect(notes()).toEqual([{ ...started, args: ['start', '--port', String(port)] }, 'told to end']);
  });

  test('are started again when they die', async () => {
    const port = await startFunc();
    await fetch(`http://127.0.0.1:${port}/crash`).catch(() => undefined);
    await expect.poll(() => pids.length, { timeout: 10_000 }).toBe(2);
    expect(said).toEqual([expect.stringMatching(/ended \(exit code 3\).*host\.log/)]);
    await expect.poll(() => fetch(`http://127.0.0.1:${port}/admin/host/ping`).then(String, () => '')).not.toBe('');
  });

  test('that do not start say where to look', async () => {
    await expect(startFunc('#!/bin/sh\necho no runtime; exit 4\n')).rejects.toThrow(/exit code 4.*host\.log/);
    await expect.poll(() => readFileSync(join(folder, 'host.log'), 'utf8')).toContain('no runtime');
  });

  test('that are not there are asked for, with the way to get them', () => {
    expect(() => coreTools(7071, STORAGE, folder)).toThrow(/func is not on PATH. Install .*without --host func/);
  });
});
