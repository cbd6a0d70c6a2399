import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../../local/kubernetes/cli.ts');
let dir: string;
let server: ChildProcess | undefined;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'kubernetes-crash-'));
});
afterAll(() => {
  server?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

async function start(): Promise<string> {
  const child = spawn(process.execPath, [CLI, '--data', dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  server = child;
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)));
    child.stdout.on('data', (chunk: Buffer) => {
      const url = /api server ready (\S+)/.exec(chunk.toString())?.[1];
      if (url) resolve(url);
    });
  });
}

async function ask(url: string, method: string, path: string, body?: object) {
  const headers = { authorization: 'Bearer admin' };
  return new Promise<{ items: { metadata: { name: string } }[] }>((resolve, reject) => {
    const outgoing = request(url + path, { method, headers, ca: readFileSync(join(dir, 'ca.pem')) }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(JSON.parse(text) as { items: [] }));
    });
    outgoing.on('error', reject);
    outgoing.end(body && JSON.stringify(body));
  });
}

const PATH = '/api/v1/namespaces/default/configmaps';

test('a killed server has lost nothing that it acknowledged', async () => {
  const url = await start();
  const acknowledged: string[] = [];
  const write = async () => {
    for (let i = 0; ; i++) {
      const name = `c${i}`;
      await ask(url, 'POST', PATH, { metadata: { name }, data: { a: 'b' } });
      acknowledged.push(name);
    }
  };
  const writing = write().catch((error: unknown) => error);
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(100);
  server?.removeAllListeners('exit');
  server?.kill('SIGKILL');
  expect(await writing).toBeInstanceOf(Error);
  const { items } = await ask(await start(), 'GET', PATH);
  const kept = new Set(items.map(({ metadata }) => metadata.name));
  expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
});
