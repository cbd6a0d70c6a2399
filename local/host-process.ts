import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostProgram } from './host-program.ts';

export interface HostOptions {
  app: string;
  port: number;
  program: HostProgram;
  logFile: string;
  env: Record<string, string>;
  say(line: string): void;
  onPid(pid: number): void;
}

export interface HostProcess {
  readonly pid: number;
  close(): Promise<void>;
}

const READY_MS = 120_000;
const ASK_MS = 100;
const STABLE_MS = 30_000;
const LONGEST_PAUSE_MS = 15_000;

/** Runs the functions host as a process of its own, and starts it again, with a growing pause, whenever it dies. */
export async function startHost(options: HostOptions): Promise<HostProcess> {
  const log = createWriteStream(options.logFile, { flags: 'a' });
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
    return untilReady(host, options);
  };
  const close = async () => {
    closing = true;
    if (child) await stop(child);
    await new Promise((resolve) => log.end(resolve));
  };
  try {
    await launch();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    get pid() {
      return child?.pid ?? 0;
    },
    close,
  };
}

function spawnHost({ app, env, program }: HostOptions): ChildProcess {
  return spawn(program.command, program.args, {
    cwd: app,
    env: { ...process.env, ...program.env, ...env },
    // Ctrl-C reaches the whole group: it would end the host before this process knows that it should.
    detached: true,
    // The channel tells our host when this process dies, however it dies.
    stdio: program.hasChannel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  });
}

/** Settles once the host answers; one that ends or stays silent has not started. */
async function untilReady(host: ChildProcess, { port, program, logFile }: HostOptions): Promise<void> {
  let failure: Error | undefined;
  const fail = (what: string) => (failure ??= new Error(`The functions host did not start (${what}). See ${logFile}`));
  host.once('error', (error) => fail(error.message));
  host.once('exit', (code) => fail(`exit code ${code}`));
  let said = '';
  const hear = (chunk: Buffer) => (said += chunk.toString());
  host.stdout?.on('data', hear);
  const { ready } = program;
  const shows = async () =>
    'text' in ready ? said.includes(ready.text) : answers(`http://127.0.0.1:${port}${ready.path}`);
  for (const until = Date.now() + READY_MS; !(await shows());) {
    if (failure) throw failure;
    if (Date.now() > until) throw fail(`no answer within ${READY_MS / 1_000} s`);
    await sleep(ASK_MS);
  }
  host.stdout?.off('data', hear);
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Nothing listens yet.
    return false;
  }
}

const GRACE_MS = 8_000;

async function stop(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return;
  const gone = new Promise((resolve) => host.once('exit', resolve));
  signal(host, 'SIGTERM');
  const late = setTimeout(() => signal(host, 'SIGKILL'), GRACE_MS);
  await gone;
  clearTimeout(late);
}

/** Its whole group: Core Tools are a program that starts another. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
