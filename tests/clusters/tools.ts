import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** A program from a variable such as KUBECTL or from the PATH; the tests that need it are skipped where it is not. */
export function findTool(name: string): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  const found = [process.env[name.toUpperCase()], ...onPath].find((file) => file && existsSync(file));
  if (!found) console.log(`${name} is neither in ${name.toUpperCase()} nor on the PATH: its tests are skipped.`);
  return found;
}

/** How a program ended; unlike execFile it takes failure for an answer. */
export async function outcome(file: string, args: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  const big = { ...options, maxBuffer: 64 * 1024 * 1024 };
  try {
    return { code: 0, ...(await promisify(execFile)(file, args, big)) };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number | string; stdout?: string; stderr?: string };
    return { code, stdout, stderr };
  }
}
