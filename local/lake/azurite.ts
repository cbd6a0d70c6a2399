import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How Azurite is started. */
export interface AzuriteOptions {
  dataDir: string;
  /** 0 takes any free one. */
  ports: { blob: number; queue: number; table: number };
  account: string;
  /** Base64. */
  key: string;
}

/** Azurite's three endpoints, `http://HOST:PORT/ACCOUNT`. */
export interface Azurite {
  blob: string;
  queue: string;
  table: string;
  close(): Promise<void>;
}

const READY_MS = 60_000;
const END_MS = 10_000;
const RESTART_MS = 300;
const SERVICES = ['blob', 'queue', 'table'] as const;

/** Starts Azurite's blob, queue and table services in a process of their own, and starts it again if it dies. */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  await mkdir(options.dataDir, { recursive: true });
  const ports = await Promise.all(SERVICES.map((service) => options.ports[service] || freePort()));
  const [blob = '', queue = '', table = ''] = ports.map((port) => `http://127.0.0.1:${port}/${options.account}`);
  let closing = false;
  let child: ChildProcess;
  const keepUp = (): void => {
    child = spawn(options, ports);
    child.once('exit', () => closing || setTimeout(() => closing || keepUp(), RESTART_MS));
  };
  const close = async () => {
    closing = true;
    await end(child);
  };
  keepUp();
  try {
    await Promise.all([blob, queue, table].map(untilAnswers));
  } catch (error) {
    await close();
    throw error;
  }
  return { blob, queue, table, close };
}

function spawn({ dataDir, account, key }: AzuriteOptions, ports: number[]): ChildProcess {
  const listen = SERVICES.flatMap((service, i) => [`--${service}Host`, '127.0.0.1', `--${service}Port`, `${ports[i]}`]);
  const args = ['--silent', '--skipApiVersionCheck', '--disableTelemetry', '--location', dataDir, ...listen];
  return fork(join(import.meta.dirname, 'azurite-child.ts'), args, {
    env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` },
    // Ctrl-C reaches the whole group: it would end Azurite before what still needs it.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = new AbortController();
  const killer = sleep(END_MS, undefined, { signal: late.signal }).then(
    () => child.kill('SIGKILL'),
    () => false,
  );
  await ended;
  late.abort();
  await killer;
}

async function untilAnswers(url: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    try {
      await fetch(url, { signal: AbortSignal.timeout(1000) });
      return;
    } catch (cause) {
      if (Date.now() > deadline) throw new Error(`Azurite does not answer at ${url}. Is the port taken?`, { cause });
      await sleep(100);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
