import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const fixtures = join(import.meta.dirname, '../fixtures/durable');
const recorded = join(fixtures, 'recorded');
const API = '/runtime/webhooks/durabletask';

// Entities, callHttp, rewind and restart are not served; client-tour records addresses that only the real host has.
const OUT_OF_SCOPE = [
  'entity-call',
  'entity-fail',
  'entity-http',
  'call-http',
  'rewind',
  'rewind-fixed',
  'restart',
  'client-tour',
];
// Here the recording counts on timers that fire early.
const SLOWER = ['loop-same-wait', 'loop-new-wait'];
const scenarios = readdirSync(recorded)
  .map((file) => file.replace('.json', ''))
  .filter((name) => !OUT_OF_SCOPE.includes(name));
const PARALLEL = 5;

const work = mkdtempSync(join(tmpdir(), 'durable-contract-'));
const out = join(work, 'out');
const pidFiles: string[] = [];

afterAll(() => {
  for (const file of pidFiles) if (existsSync(file)) kill(file);
  rmSync(work, { recursive: true });
});

function kill(pidFile: string): void {
  spawnSync('kill', ['-9', readFileSync(pidFile, 'utf8').trim()]);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function untilReady(url: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await fetch(url).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Nothing answers at ${url}`);
}

/** Starts a host of its own and plays scenarios against it, one after the other. */
async function play(name: string, list: string[]): Promise<void> {
  const port = await freePort();
  const folder = join(work, name);
  mkdirSync(folder);
  const record = join(folder, 'invocations.jsonl');
  writeFileSync(record, '');
  const pidFile = join(folder, 'pid');
  pidFiles.push(pidFile);
  const host = `node ${fixtures}/stub-host.mjs ${port} ${folder} ${record}`;
  const start = `${host} >>${folder}/host.log 2>&1 & echo $! >${pidFile}`;
  spawnSync('sh', ['-c', start], { stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(`${origin}${API}/instances?top=1`);
  const env = { ...process.env, OUT: out, BASE: origin + API, CLIENT: `${origin}/client`, START: start };
  const isCrash = list.includes('crash');
  // The recorded app outlived its host in the crash, so that calls into it were noted which here die with it.
  Object.assign(env, isCrash ? { KILL: `kill -9 $(cat ${pidFile})` } : { INVOCATIONS: record });
  const slower = list.every((scenario) => SLOWER.includes(scenario)) ? ['--require', join(fixtures, 'slower.js')] : [];
  const driver = spawn(process.execPath, [...slower, join(fixtures, 'drive.js'), ...list], { env, stdio: 'ignore' });
  await once(driver, 'exit');
  kill(pidFile);
}

it('the engine does what the recordings of the real one show', async () => {
  const alone = ['crash', ...SLOWER];
  const groups = Array.from({ length: PARALLEL }, (): string[] => []);
  scenarios.filter((name) => !alone.includes(name)).forEach((name, index) => groups[index % PARALLEL]?.push(name));
  groups.push(['crash'], SLOWER);
  await Promise.all(groups.map((list, index) => play(String(index), list)));
  withRpcAddress(join(out, 'client.json'));

  const { stdout } = spawnSync(process.execPath, [join(fixtures, 'compare.js'), recorded, out], { encoding: 'utf8' });
  const differing = scenarios.filter(
    (name) => stdout.includes(`\n${name}.json:`) || stdout.startsWith(`${name}.json:`),
  );
  console.log(`${scenarios.length - differing.length} of ${scenarios.length} recordings agree ${differing.join(' ')}`);
  expect(differing, stdout).toEqual([]);
});

/** The one deliberate difference: without an rpcBaseUrl the SDK uses the addresses that carry the key. */
function withRpcAddress(file: string): void {
  const got = JSON.parse(readFileSync(file, 'utf8')) as {
    http: { response: { body: { rpcBaseUrl: string | null } } }[];
  };
  const body = got.http[0]?.response.body;
  expect(body?.rpcBaseUrl).toBeNull();
  if (body) body.rpcBaseUrl = 'http://127.0.0.1:17071/durabletask/';
  writeFileSync(file, JSON.stringify(got));
}
