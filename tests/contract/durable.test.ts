import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureKeys } from '../../local/functions-host/keys.ts';

const fixtures = join(import.meta.dirname, '../fixtures/durable');
const recorded = join(fixtures, 'recorded');
const cli = join(import.meta.dirname, '../../local/functions-host/cli.ts');
const API = '/runtime/webhooks/durabletask';

// Entities, callHttp, rewind and restart are not served; what client-tour gets is looked at by itself.
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
// Here the recordings count on timers that fire up to a second early.
const SLOWER = ['loop-same-wait', 'loop-new-wait'];
const PARALLEL = 4;
const scenarios = readdirSync(recorded)
  .map((file) => file.replace('.json', ''))
  .filter((name) => !OUT_OF_SCOPE.includes(name));

const work = mkdtempSync(join(tmpdir(), 'durable-contract-'));
const out = join(work, 'out');

interface Host {
  origin: string;
  key: string;
  record: string;
  pidFile: string;
  /** The shell command that starts it. */
  start: string;
}
const hosts: Host[] = [];

afterAll(() => {
  for (const { pidFile } of hosts) {
    if (existsSync(pidFile)) spawnSync('kill', ['-9', readFileSync(pidFile, 'utf8').trim()]);
  }
  rmSync(work, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function startHost(): Promise<Host> {
  const port = await freePort();
  const dataDir = join(work, String(port));
  const key = ensureKeys(dataDir).system.durabletask_extension;
  const record = join(dataDir, 'calls.jsonl');
  const pidFile = join(dataDir, 'pid');
  writeFileSync(record, '');
  const command = `node ${cli} ${fixtures} --port ${port} --data ${dataDir} --record ${record}`;
  const start = `${command} >>${dataDir}/log 2>&1 & echo $! >${pidFile}`;
  const host = { origin: `http://127.0.0.1:${port}`, key, record, pidFile, start };
  hosts.push(host);
  spawnSync('sh', ['-c', start], { stdio: 'ignore' });
  for (let i = 0; i < 300; i++) {
    if (await fetch(`${host.origin}/admin/host/ping`).catch(() => undefined)) return host;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(readFileSync(join(dataDir, 'log'), 'utf8'));
}

/** Plays scenarios, one after the other, against a host of their own. */
async function play(list: string[], slower = '1'): Promise<void> {
  const { origin, key, record, pidFile, start } = await startHost();
  const env = {
    ...process.env,
    OUT: out,
    BASE: origin + API,
    CLIENT: `${origin}/client`,
    START: start,
    KEY: key,
    SLOWER: slower,
  };
  // The recorded app outlived its host in the crash; calls that it still ended are not noted here.
  const isCrash = list.includes('crash');
  Object.assign(env, isCrash ? { KILL: `kill -9 $(cat ${pidFile})` } : { INVOCATIONS: record });
  const drive = ['--require', join(fixtures, 'preload.js'), join(fixtures, 'drive.js'), ...list];
  await once(spawn(process.execPath, drive, { env, stdio: 'ignore' }), 'exit');
}

type Recording = {
  http: { response: { body: Record<string, unknown> } }[];
  invocations: { kind: string; input: { history: { EventType: number }[] } }[];
  clientResults: Record<string, unknown>;
};
const read = (folder: string, name: string): Recording =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Recording;

describe('the engine, beside the recordings of the real one', () => {
  beforeAll(async () => {
    const shared = scenarios.filter((name) => name !== 'crash' && !SLOWER.includes(name));
    const groups = Array.from({ length: PARALLEL }, (_, group) =>
      shared.filter((_, index) => index % PARALLEL === group),
    );
    await Promise.all([play(['crash']), play(SLOWER, '1.25'), ...groups.map((list) => play(list))]);
  }, 300_000);

  it('answers alike and calls the app alike', () => {
    withRpcAddress();
    const compare = spawnSync(process.execPath, [join(fixtures, 'compare.js'), recorded, out], { encoding: 'utf8' });
    const differing = scenarios.filter((name) => `\n${compare.stdout}`.includes(`\n${name}.json:`));
    console.log(
      `${scenarios.length - differing.length} of ${scenarios.length} recordings agree ${differing.join(' ')}`,
    );
    expect(differing, compare.stdout).toEqual([]);
  });

  /** The one deliberate difference: without an rpcBaseUrl the SDK uses the addresses that carry the key. */
  function withRpcAddress(): void {
    const got = read(out, 'client');
    const body = got.http[0]?.response.body ?? {};
    expect(body['rpcBaseUrl']).toBeNull();
    body['rpcBaseUrl'] = 'http://127.0.0.1:17071/durabletask/';
    writeFileSync(join(out, 'client.json'), JSON.stringify(got));
  }

  it('shows orchestrators events with the same fields', () => {
    const fieldsIn = (folder: string): Record<string, string[]> => {
      const orchestrations = scenarios
        .filter((name) => name !== 'crash')
        .flatMap((name) => read(folder, name).invocations.filter(({ kind }) => kind.startsWith('orchestrat')));
      const events = orchestrations.flatMap(({ input }) => input.history);
      const inputs = orchestrations.map(({ input }): [string, string[]] => ['input', Object.keys(input).sort()]);
      const kinds = events.map((event): [string, string[]] => [String(event.EventType), Object.keys(event).sort()]);
      return Object.fromEntries([...inputs, ...kinds]);
    };
    expect(fieldsIn(out)).toEqual(fieldsIn(recorded));
  });
});

it('the durable client of the SDK gets what it gets from the real extension', async () => {
  const { origin } = await startHost();
  const response = await fetch(`${origin}/tour?id=client-tour`, { method: 'POST' });
  const same = (results: Record<string, unknown>) => {
    // Counts depend on what else is in the hub; entities are not served.
    const {
      startNewUnknown,
      getStatusAll,
      getStatusBy,
      signalEntity,
      readEntityState,
      readEntityStateUnknown,
      ...rest
    } = results;
    for (const left of [
      startNewUnknown,
      getStatusAll,
      getStatusBy,
      signalEntity,
      readEntityState,
      readEntityStateUnknown,
    ]) {
      expect(left).toBeDefined();
    }
    const text = JSON.stringify(rest).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
    return JSON.parse(text.replace(/,\\"StackTrace\\":\\"(.*?[^\\])\\"\}/g, '}')) as object;
  };
  const got = (await response.json()) as Record<string, unknown>;
  expect(same(got)).toEqual(same(read(recorded, 'client-tour').clientResults));
  expect(JSON.stringify(got['signalEntity'])).toContain('501');
}, 60_000);
