import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const COMMAND_LINE = resolve(import.meta.dirname, '../cli/landfall.ts');
const USUAL_STATE = '.landfall';

/**
 * Runs a command of the command line against the platform of a state folder; answers its exit code. It is a program of
 * its own, as for anybody: the platform knows nothing of runs, and a fault of the one does not end the other.
 */
export function runCommandLine(args: string[], state: string, signal: AbortSignal): Promise<number> {
  // Left out where it is found anyway, so that the commands which it prints stay short.
  const where = state === join(process.cwd(), USUAL_STATE) ? [] : ['--state', state];
  const child = spawn(process.execPath, ['--no-warnings', COMMAND_LINE, ...args, ...where], {
    // By the channel it learns that this process is gone, however it went.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop);
      done(code ?? 1);
    });
  });
}
