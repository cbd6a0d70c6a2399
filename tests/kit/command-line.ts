import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { landfall } from '../../cli/landfall.ts';

/** What surrounds a command; whatever is left out is empty. */
export interface Surroundings {
  env?: NodeJS.ProcessEnv;
  folder?: string;
  stdin?: string;
  signal?: AbortSignal;
  now?: () => number;
  /** Sees what is printed while it is printed. */
  onOutput?: (text: string) => void;
}

/** How a command ended, and what it said. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a command of the command line in this process; only the terminal around it is not real. */
export async function runCommand(args: string[], around: Surroundings = {}): Promise<Ended> {
  const said = { out: '', err: '' };
  const stream = (name: 'out' | 'err') =>
    new Writable({
      write(chunk: Buffer, _, done) {
        said[name] += chunk.toString();
        around.onOutput?.(chunk.toString());
        done();
      },
    });
  const stdin: NodeJS.ReadableStream & { isTTY?: boolean } = Readable.from(
    around.stdin === undefined ? [] : [around.stdin],
  );
  stdin.isTTY = around.stdin === undefined;
  const code = await landfall(args, {
    stdin,
    stdout: stream('out'),
    stderr: stream('err'),
    isInteractive: false,
    env: around.env ?? {},
    folder: around.folder ?? mkdtempSync(join(tmpdir(), 'landfall-cli-')),
    signal: around.signal ?? new AbortController().signal,
    now: around.now ?? Date.now,
  });
  return { code, ...said };
}
