import { resolve } from 'node:path';
import { InvalidArgumentError, program } from 'commander';
import { startFunctionsHost, type FunctionsHost, type HostOptions } from './host.ts';

interface Options {
  port: number;
  data: string;
  record?: string;
}

program
  .name('functions-host')
  .description('Serves an Azure Functions app (Node, v4 model) on this machine, without Azure.')
  .argument('<app>', 'folder of the app: package.json with a built main, host.json')
  .requiredOption('--port <port>', 'port on 127.0.0.1 (0: any free one)', parsePort)
  .requiredOption('--data <folder>', 'where keys, timers and orchestrations are kept')
  .option('--record <file>', 'append each call into the app to a file, one line of JSON each')
  .action(run)
  .parse();

async function run(app: string, { port, data, record }: Options): Promise<void> {
  const appDir = resolve(app);
  const options: HostOptions = { appDir, port, dataDir: resolve(data) };
  if (record !== undefined) options.recordFile = resolve(record);
  const host = await startFunctionsHost(options).catch((error: unknown) => fail(error, port));
  console.log(`Now listening on: ${host.url}`);
  stopOnSignal(host);
}

/** Ends gracefully on a signal, and when the process that started this one with a channel is gone. */
function stopOnSignal(host: FunctionsHost): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await host.close();
    process.exit(0);
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, () => void stop());
}

function fail(error: unknown, port: number): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const isTaken = code === 'EADDRINUSE';
  console.error(isTaken ? `Port ${port} is in use: stop what listens there, or give another --port.` : message);
  process.exit(1);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('Expected 0 to 65535.');
  return port;
}
