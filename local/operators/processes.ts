import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningProcess {
  pid: number;
  startedAt: Date;
  /** 128 + signal number where a signal ended it. */
  exited: Promise<number>;
  /** Asks it and all its children to end, and makes them after the grace period. */
  kill(graceMs: number): Promise<void>;
}

/**
 * A watchman in the same process group reads from a pipe that this process holds open. When this process is gone,
 * however it went, the pipe ends and the watchman kills the group: nothing is left behind.
 */
const WATCHED = '(trap "" TERM; read -r _ <&3; kill -KILL 0) & exec "$@" 3<&-';

/** Processes of this machine that stand for containers, each in a group of its own. */
export class Processes {
  private readonly running = new Set<RunningProcess>();

  async start(words: string[], env: Record<string, string>, cwd: string, log: string): Promise<RunningProcess> {
    const output = openSync(log, 'a');
    const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', ...words], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', output, output, 'pipe'],
    });
    closeSync(output);
    await once(child, 'spawn');
    const pid = Number(child.pid);
    const exited = once(child, 'exit').then(([code, signal]: (number | NodeJS.Signals | null)[]) => {
      this.running.delete(running);
      // What it started itself must not outlive it: a container ends with its first process.
      signalGroup(pid, 'SIGKILL');
      return typeof code === 'number' ? code : 128 + constants.signals[signal as NodeJS.Signals];
    });
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
    return running;
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
