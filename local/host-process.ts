import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HostOptions {
  app: string;
  port: number;
  dataDir: string;
  logFile: string;
  env: Record<string, string>;
  say(line: string): void;
  onPid(pid: number): void;
}

export interface HostProcess {
  readonly pid: number;
  close(): Promise<void>;
}

const READY = 'Now listening on:';
const STABLE_MS = 30_000;
const LONGEST_PAUSE_MS = 15_000;

/** Runs the functions host as a process of its own, and starts it again, with a growing pause, whenever it dies. */
export async function startHost(options: HostOptions): Promise<HostProcess> {
  const log = createWriteStream(options.logFile, { flags: 'a' });
  mkdirSync(options.dataDir, { recursive: true });
  let closing = false;
  let child: ChildProcess | undefined;
  let pause = 0;

  const launch = (): Promise<void> => {
    const started = Date.now();
    const host = spawnHost(options);
    child = host;
    if (host.pid !== undefined) options.onPid(host.pid);
    host.stdout?.pipe(log, { end: false });
    host.stderr?.pipe(log, { end: false });
    host.once('exit', (code, signal) => {
      if (closing) return;
      pause = Date.now() - started > STABLE_MS ? 0 : Math.min(Math.max(pause * 2, 500), LONGEST_PAUSE_MS);
      options.say(
        `The functions host ended (${signal ?? `exit code ${code}`}): it is started again. Log: ${options.logFile}`,
      );
      void sleep(pause).then(() =>
        closing ? undefined : launch().catch((error: unknown) => options.say(String(error))),
      );
    });
    return ready(host, options.logFile);
  };
  await launch();
  return {
    get pid() {
      return child?.pid ?? 0;
    },
    async close() {
      closing = true;
      if (child) await stop(child);
      await new Promise((resolve) => log.end(resolve));
    },
  };
}

function spawnHost({ app, port, dataDir, env }: HostOptions): ChildProcess {
  const cli = join(import.meta.dirname, 'functions-host', 'cli.ts');
  return spawn(
    process.execPath,
    ['--no-warnings', '--enable-source-maps', cli, app, '--port', String(port), '--data', dataDir],
    {
      cwd: app,
      env: { ...process.env, ...env },
      // Ctrl-C reaches the whole group: it would end the host before this process knows that it should.
      detached: true,
      // The channel tells the host when this process dies, however it dies.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
}

function ready(host: ChildProcess, logFile: string): Promise<void> {
  return new Promise((resolve, reject) => {
    host.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes(READY)) resolve();
    });
    host.once('error', reject);
    host.once('exit', (code) =>
      reject(new Error(`The functions host did not start (exit code ${code}). See ${logFile}`)),
    );
  });
}

const GRACE_MS = 8_000;

async function stop(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return;
  const gone = new Promise((resolve) => host.once('exit', resolve));
  host.kill('SIGTERM');
  const late = setTimeout(() => host.kill('SIGKILL'), GRACE_MS);
  await gone;
  clearTimeout(late);
}
