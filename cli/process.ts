import type { World } from './session.ts';

/** Runs a command line in this process: with its streams, ended by its signals, and its exit code in the end. */
export async function main(run: (args: string[], world: World) => Promise<number>): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stopping.abort();
      // A second signal means that somebody will not wait.
      process.once(signal, () => process.exit(130));
    });
  }
  // Whoever started this through a channel and is gone waits for nothing; nobody else opens one.
  process.once('disconnect', () => process.exit(130));
  process.channel?.unref();
  // Who reads only the first lines, as head does, is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
  const { stdin, stdout, stderr, env } = process;
  process.exitCode = await run(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    // A terminal that tells no width, as one that a program opened, has no room for a spinner.
    isInteractive: stdout.isTTY && stderr.isTTY && stderr.columns > 0,
    folder: process.cwd(),
    signal: stopping.signal,
    now: Date.now,
  });
}
