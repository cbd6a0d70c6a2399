import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** How Azurite is started. */
export interface AzuriteOptions {
  dataDir: string;
  /** 0 takes any free one. */
  ports: { blob: number; queue: number; table: number };
  account: string;
  /** Base64. */
  key: string;
  /** Told when it died and is started again. */
  onRestart?: () => void;
}

/** Azurite's three endpoints, `http://HOST:PORT/ACCOUNT`. */
export interface Azurite {
  blob: string;
  queue: string;
  table: string;
  close(): Promise<void>;
}

const END_MS = 10_000;
const RESTART_MS = 300;
const SERVICES = ['blob', 'queue', 'table'] as const;

/** Starts Azurite's blob, queue and table services in a process of their own, and starts it again if it dies. */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  await mkdir(options.dataDir, { recursive: true });
  const ports = await Promise.all(SERVICES.map((service) => options.ports[service] || freePort()));
  const [blob = '', queue = '', table = ''] = ports.map((port) => `http://127.0.0.1:${port}/${options.account}`);
  let closing = false;
  let child = spawn(options, ports);
  await untilListening(child, ports);
  const keepUp = (): void => {
    child.once('exit', () => {
      if (closing) return;
      options.onRestart?.();
      setTimeout(again, RESTART_MS);
    });
  };
  const again = (): void => {
    if (closing) return;
    child = spawn(options, ports);
    keepUp();
  };
  keepUp();
  const close = async () => {
    closing = true;
    await end(child);
  };
  return { blob, queue, table, close };
}

function spawn({ dataDir, account, key }: AzuriteOptions, ports: number[]): ChildProcess {
  const listen = SERVICES.flatMap((service, i) => [`--${service}Host`, '127.0.0.1', `--${service}Port`, `${ports[i]}`]);
  const args = ['--silent', '--skipApiVersionCheck', '--disableTelemetry', '--location', dataDir, ...listen];
  return fork(join(import.meta.dirname, 'azurite-child.ts'), args, {
    env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` },
    // Ctrl-C reaches the whole group: it would end Azurite before what still needs it.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

/** Azurite says when each of its services listens; one that finds its port taken ends it. */
function untilListening(child: ChildProcess, ports: number[]): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers();
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('successfully listening').length > SERVICES.length) resolve(undefined);
  });
  child.once('exit', () =>
    reject(new Error(`Azurite could not start. Is one of the ports ${ports.join(', ')} taken?`)),
  );
  return promise;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const killer = setTimeout(() => child.kill('SIGKILL'), END_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(killer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
