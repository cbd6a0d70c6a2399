import { needs } from './plan.mjs';
import { suiteNames } from './suites.mjs';

/** @typedef {{ name: string, args: string[], cpuIndex?: string | undefined, only: string[] }} Command */

export const usage = `Usage: node local/setup/run.mjs COMMAND [arguments]

  start     set up, then start the local platform and the app
  landfall  run the command line, as npx landfall does
  host      run the functions host by itself
  package   make the zip that is deployed
  setup     only set up
  test      set up, then run all checks and tests
  figures   set up, then print the figures of one run
  bench     set up, then run a benchmark
  notebook  run the notebook against an app that runs, and keep its outputs

The first time it puts Node 24, a Python environment and a jar into a cache that all clones share
(LANDFALL_CACHE sets where). --cpu-index URL, or LANDFALL_CPU_INDEX, names an index with PyTorch's CPU build.`;

export const testUsage = `Usage: npm test [-- --only SUITE[,SUITE…]]

Runs the suites in this order, and ends with the number of tests that passed and failed:
  ${suiteNames.join(', ')}`;

/**
 * Reads the command line.
 * @param {string[]} argv
 * @param {NodeJS.ProcessEnv} env
 * @returns {Command | { print: string, exitCode: number }}
 */
export function parseCommand([name = '', ...args], env) {
  if (['--help', '-h', 'help'].includes(name)) return { print: usage, exitCode: 0 };
  if (!Object.hasOwn(needs, name)) return { print: usage, exitCode: 2 };
  const cpuIndex = takeOption(args, '--cpu-index') ?? (env['LANDFALL_CPU_INDEX'] || undefined);
  const only = name === 'test' ? (takeOption(args, '--only')?.split(',') ?? suiteNames) : [];
  if (name !== 'test' && name !== 'setup') return { name, args, cpuIndex, only };
  const help = name === 'test' ? testUsage : usage;
  if (args.includes('--help') || args.includes('-h')) return { print: help, exitCode: 0 };
  const unknown = [...args, ...only.filter((suite) => !suiteNames.includes(suite))];
  if (unknown.length > 0) return { print: `Not understood: ${unknown.join(' ')}\n\n${help}`, exitCode: 2 };
  return { name, args, cpuIndex, only };
}

/** Takes an option and its value out of the arguments. @param {string[]} args @param {string} option */
function takeOption(args, option) {
  const at = args.indexOf(option);
  return at < 0 ? undefined : (args.splice(at, 2)[1] ?? '');
}
