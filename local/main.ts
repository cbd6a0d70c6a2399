import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createHealth, type Health } from './api.ts';
import { runCommandLine } from './command-line.ts';
import { machineFrom } from './machine.ts';
import { startPlatform, type HostName, type Platform } from './platform.ts';
import { portsFrom, takenPorts } from './ports.ts';
import { printAddresses, printNext } from './report.ts';
import { screen, type Screen } from './screen.ts';

interface StartOptions {
  once?: boolean;
  portBase: number;
  reset?: boolean;
  state: string;
  drop: boolean;
  events?: string;
  app: string;
  apiServers?: string;
  host: HostName;
}

const CHECKOUT = resolve(import.meta.dirname, '..');
const SAMPLE_PIPELINE = 'iris';
const SAMPLE = join(CHECKOUT, 'workloads/pipelines/iris/sample/iris.csv');

const program = new Command('npm start --')
  .description('Starts Landfall whole on this machine, drops the iris sample, and follows it to a prediction.')
  .addOption(new Option('--once', 'exit after the prediction: 0 when it came, 1 when not').conflicts('drop'))
  .option('--port-base <port>', 'ports follow from this one', port, 7_070)
  .option('--reset', 'forget everything of earlier starts first')
  .option('--state <folder>', 'where everything is kept', '.landfall')
  .option('--events <url>', 'a webhook that gets the lifecycle events, as CloudEvents', address)
  .option(
    '--api-servers <program>',
    'real API servers in place of ours: etcd, kube-apiserver and kube-controller-manager',
  )
  .addOption(
    new Option('--host <name>', 'the functions host: our own, or Azure Functions Core Tools')
      .choices(['own', 'func'])
      .default('own'),
  )
  .option('--app <folder>', 'the built app: this checkout, or an unpacked package', CHECKOUT)
  .option('--no-drop', 'do not drop the sample')
  .addHelpText('after', '\nFor the set-up: --cpu-index <url> takes PyTorch’s CPU build from that index.')
  .showHelpAfterError('npm start -- --help lists the options.')
  .action(start);

async function start({
  once = false,
  portBase,
  reset = false,
  state: folder,
  drop,
  events,
  app,
  apiServers,
  host,
}: StartOptions): Promise<void> {
  const state = resolve(folder);
  const show = screen();
  const stopping = new AbortController();
  const began = Date.now();
  if (reset && existsSync(state)) rmSync(state, { recursive: true });
  mkdirSync(state, { recursive: true });
  const ports = portsFrom(portBase);
  const taken = await takenPorts(ports);
  if (taken.length > 0) {
    throw new Error(
      `${taken.join('\n')}\nEnd it, or start on other ports: npm start -- --port-base ${portBase + 1_000}`,
    );
  }

  let platform: Platform | undefined;
  const stop = () => {
    stopping.abort();
    // A second signal means that somebody will not wait.
    process.once('SIGINT', () => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  try {
    show.now('starting the platform');
    platform = await startPlatform({
      app: resolve(app),
      state,
      ports,
      machine: machineFrom(process.env),
      host,
      say: (line) => show.line(line),
      ...(events !== undefined && { events }),
      ...(apiServers !== undefined && { apiServers: resolve(apiServers) }),
    });
    await untilHealthy(createHealth(platform.endpoints, stopping.signal), show, stopping.signal);
    show.line(`✔ everything answers after ${((Date.now() - began) / 1_000).toFixed(1)} s`);
    printAddresses(platform.endpoints, show);
    const good = await serve(state, show, stopping.signal, { once, drop });
    process.exitCode = good ? 0 : 1;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    show.clear();
    if (stopping.signal.aborted) show.line('stopping …');
    await platform?.close();
  }
}

/** Drops the sample and follows what comes; with `once` until its run is over, else until Ctrl-C. */
async function serve(
  state: string,
  show: Screen,
  signal: AbortSignal,
  options: { once: boolean; drop: boolean },
): Promise<boolean> {
  const run = (...args: string[]) => runCommandLine(args, state, signal);
  if (options.drop) {
    const patience = options.once ? [] : ['--until-review'];
    const exitCode = await run('drop', SAMPLE, '--pipeline', SAMPLE_PIPELINE, '--follow', ...patience);
    if (options.once) return exitCode === 0;
    signal.throwIfAborted();
    printNext(show);
  }
  await run('runs', '--follow');
  signal.throwIfAborted();
  show.line(
    'Nobody follows the runs any more; npx landfall runs --follow does. Everything else stays up until Ctrl-C.',
  );
  await once(signal, 'abort');
  return true;
}

const HEALTH_LIMIT_MS = 60_000;

async function untilHealthy(health: () => Promise<Health>, show: Screen, signal: AbortSignal): Promise<void> {
  const until = Date.now() + HEALTH_LIMIT_MS;
  for (;;) {
    const { status, parts } = await health();
    if (status === 'Healthy') return;
    const ill = parts.filter((part) => part.status !== 'Healthy');
    const lines = ill.map(({ name, detail, cure }) => `${name}: ${detail}${cure ? `\n  → ${cure}` : ''}`).join('\n');
    // A pipeline that is broken is told and does not keep the others from working.
    if (ill.every(({ name }) => name === 'pipelines')) return show.line(`✖ ${lines}`);
    if (Date.now() > until) throw new Error(lines);
    show.now(`waiting for ${ill.map(({ name }) => name).join(', ')}`);
    await sleep(500, undefined, { signal });
  }
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1_024 || value > 65_400)
    throw new InvalidArgumentError('expected a port from 1024 to 65400');
  return value;
}

function address(text: string): string {
  if (!/^https?:\/\/./.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('expected an http or https address');
  return text;
}

try {
  await program.parseAsync();
} catch (error) {
  console.error(`✖ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
