import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, 'landfall.ts');
let server: Server | undefined;
afterEach(() => server?.close());

/** An app that answers this; answers its address. */
async function app(status: number, body: string): Promise<string> {
  server = createServer((_, response) => void response.writeHead(status).end(body));
  await new Promise<void>((resolve) => void server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function doctor(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const cwd = mkdtempSync(join(tmpdir(), 'landfall-cli-'));
  const { LANDFALL_API: _api, LANDFALL_KEY: _key, ...env } = process.env;
  const child = spawn(process.execPath, ['--no-warnings', CLI, ...args, 'doctor'], { cwd, env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

const good = { name: 'lake', status: 'Healthy', detail: 'landing answers' };
const ill = { name: 'cluster training', status: 'Unhealthy', detail: 'it does not answer', cure: 'Start it.' };

test('what is well and what is not is told, with the cure, and the exit code says which', async () => {
  const well = await app(200, JSON.stringify({ status: 'Healthy', parts: [good] }));
  expect(await doctor('--api', well)).toMatchObject({ code: 0, out: expect.stringMatching(/✔ lake +landing answers/) });
  server?.close();
  const unwell = await app(503, JSON.stringify({ status: 'Unhealthy', parts: [good, ill] }));
  const told = await doctor('--api', unwell);
  expect(told.code).toBe(1);
  expect(told.out).toMatch(/✖ cluster training +it does not answer\n {2}→ Start it\./);
  const { out } = await doctor('--json', '--api', unwell);
  expect(JSON.parse(out)).toMatchObject({ parts: [good, ill] });
});

test.each([
  ['no app at all', async () => [], /No app runs here.*\n.*npm start/],
  ['an address that does not answer', async () => ['--api', 'http://127.0.0.1:1'], /does not answer.*\n.*→/],
  ['a key that is refused', async () => ['--api', await app(401, '')], /refuses the key.*\n.*--key/],
  ['something else than the app', async () => ['--api', await app(200, '<html>')], /no JSON.*\n.*→/],
  ['an answer without parts', async () => ['--api', await app(200, '{}')], /without parts.*\n.*→/],
])('%s is told with its cure', async (_, args, text) => {
  expect(await doctor(...(await args()))).toMatchObject({ code: 1, err: expect.stringMatching(text) });
});
