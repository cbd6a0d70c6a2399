import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running process with all that it starts. */
export interface GuardedProcess {
  pid: number;
  /** Exit code, 128 + signal number where a signal ended it. */
  exited: Promise<number>;
  /** Asks the whole group to end, and makes it after the grace period. */
  kill(graceMs: number): Promise<void>;
}

/**
 * A watchman in the same process group reads from a pipe that this process holds open. When this process is gone,
 * however it went, the pipe ends and the watchman kills the group: nothing is left behind, and no list of strays is kept.
 */
const WATCHED = '(trap "" TERM; read -r _ <&3; kill -KILL 0) & exec "$@" 3<&-';

/** Starts a program in a process group of its own, writing to a log file that starts empty. */
export async function startGuarded(
  words: string[],
  { env, cwd, log }: { env: Record<string, string>; cwd: string; log: string },
): Promise<GuardedProcess> {
  const output = openSync(log, 'w');
  const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', ...words], {
    env,
    cwd,
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
  });
  closeSync(output);
  await once(child, 'spawn');
  const pid = Number(child.pid);
  const exited = once(child, 'exit').then(([code, signal]: (number | NodeJS.Signals | null)[]) => {
    // A container ends with its first process; what that one started ends, too.
    signalGroup(pid, 'SIGKILL');
    return typeof code === 'number' ? code : 128 + constants.signals[signal as NodeJS.Signals];
  });
  const kill = async (graceMs: number) => {
    signalGroup(pid, 'SIGTERM');
    const timer = new AbortController();
    await Promise.race([exited, sleep(graceMs, undefined, timer)]);
    timer.abort();
    signalGroup(pid, 'SIGKILL');
    await exited;
  };
  return { pid, exited, kill };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Gone already; macOS says EPERM of a group that only waits to be reaped.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
