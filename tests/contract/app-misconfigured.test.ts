import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../kit/running-platform.ts';

const data = mkdtempSync(join(tmpdir(), 'landfall-misconfigured-'));
let host: ChildProcess;
let url = '';

beforeAll(async () => {
  const { PATH = '', HOME = '' } = process.env;
  host = spawn(
    process.execPath,
    ['--no-warnings', 'local/functions-host/cli.ts', ROOT, '--port', '0', '--data', data],
    {
      cwd: ROOT,
      env: { PATH, HOME, LAKE_URL: 'not an address', CLUSTER_TRAINING: 'somewhere' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  url = await new Promise<string>((resolve, reject) => {
    let output = '';
    host.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const address = /Now listening on: (\S+)/.exec(output)?.[1];
      if (address) resolve(address);
    });
    host.once('exit', (code) => reject(new Error(`The host ended with ${code}:\n${output}`)));
  });
});
afterAll(async () => {
  const gone = new Promise((resolve) => host.once('exit', resolve));
  host.kill();
  await gone;
  rmSync(data, { recursive: true });
});

function ask(path: string): Promise<Response> {
  const { function: key } = JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8')) as { function: string };
  return fetch(`${url}/api/${path}`, { headers: { 'x-functions-key': key } });
}

test('wrong configuration leaves health alone, which lists all that is wrong and wants a key', async () => {
  expect((await fetch(`${url}/api/health`)).status).toBe(401);
  const answer = await ask('health');
  expect(answer.status).toBe(503);
  const { parts } = (await answer.json()) as { parts: { detail: string; cure: string }[] };
  const details = parts.map(({ detail }) => detail).join('\n');
  for (const name of [
    'LAKE_URL',
    'TABLES_URL',
    'TOPIC_URL',
    'REGISTRY_URL',
    'CLUSTER_DATA_PROCESSING',
    'CLUSTER_TRAINING',
    'CLUSTER_SERVING',
  ]) {
    expect(details).toContain(name);
  }
  expect((await ask('runs')).status).toBe(404);
});
