import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningProcess {
  pid: number;
  startedAt: Date;
  exited: Promise<{ exitCode: number; signal?: string }>;
  /** Asks it and all its children to end, and makes them after the grace period. */
  kill(graceMs: number): Promise<void>;
}

/** Starts processes in groups of their own and remembers them in files, so that a later start can end strays. */
export class Processes {
  private readonly folder: string;
  private readonly running = new Set<RunningProcess>();

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
  }

  /** Ends what an earlier platform left behind when it was killed. */
  endStrays(): void {
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; started: string };
      // A process id may belong to somebody else by now; its start time tells.
      if (started !== '' && startTime(pid) === started) signalGroup(pid, 'SIGKILL');
      rmSync(file);
    }
  }

  start(
    command: string,
    args: string[],
    env: Record<string, string>,
    cwd: string,
    log: string,
  ): Promise<RunningProcess> {
    const output = openSync(log, 'a');
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => {
        const pid = child.pid ?? 0;
        const file = join(this.folder, String(pid));
        writeFileSync(file, JSON.stringify({ pid, started: startTime(pid) }));
        const exited = new Promise<{ exitCode: number; signal?: string }>((done) =>
          child.once('exit', (code, signal) => {
            rmSync(file, { force: true });
            this.running.delete(running);
            // What it started itself must not outlive it: a container ends with its first process.
            signalGroup(pid, 'SIGKILL');
            done({ exitCode: code ?? 128 + (signal === 'SIGKILL' ? 9 : 15), ...(signal && { signal }) });
          }),
        );
        const kill = async (graceMs: number) => {
          signalGroup(pid, 'SIGTERM');
          const graceful = new AbortController();
          await Promise.race([exited, sleep(graceMs, undefined, { signal: graceful.signal }).catch(() => undefined)]);
          graceful.abort();
          signalGroup(pid, 'SIGKILL');
          await exited;
        };
        const running: RunningProcess = { pid, startedAt: new Date(), exited, kill };
        this.running.add(running);
        resolve(running);
      });
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((process) => process.kill(3_000)));
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Gone already; macOS says EPERM of a group that is only waited for.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function startTime(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    // ps ends with 1 when there is no such process.
    return '';
  }
}
