// Runs benchmarks: `npm run bench -- NAME [arguments]`. Each measures candidates side by side and prints ratios.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const env = process.env;
const benches: Record<string, { title: string; command: [string, ...string[]] }> = {
  profile: {
    title: 'profile of 10 million rows against describe() of Spark (--rows N for fewer)',
    command: [env.LANDFALL_PYTHON ?? 'python3', join(import.meta.dirname, 'time_profile.py')],
  },
  runs: {
    title: 'a page of GET /api/runs over 10,000 runs against one over 100',
    command: [process.execPath, '--no-warnings', join(import.meta.dirname, 'list-runs.ts')],
  },
};

const usage = `Usage: npm run bench -- NAME [arguments]

${Object.entries({ ...benches, all: { title: 'all of them, one after the other' } })
  .map(([name, { title }]) => `  ${name.padEnd(9)}${title}`)
  .join('\n')}`;

const [name = '', ...args] = process.argv.slice(2);
if (['--help', '-h'].includes(name)) {
  console.log(usage);
} else if (name === 'all' || Object.hasOwn(benches, name)) {
  const chosen = Object.entries(benches).filter(([bench]) => name === 'all' || bench === name);
  process.exitCode = chosen.map(run).find((code) => code !== 0) ?? 0;
} else {
  console.error(`${name ? `There is no benchmark ${name}.` : 'Name a benchmark.'}\n\n${usage}`);
  process.exitCode = 2;
}

function run([bench, { command }]: [string, (typeof benches)[string]]): number {
  console.log(`== ${bench}`);
  const java = env.LANDFALL_JAVA_HOME && { JAVA_HOME: env.LANDFALL_JAVA_HOME };
  const [program, ...first] = command;
  const { status, error } = spawnSync(program, [...first, ...args], { env: { ...env, ...java }, stdio: 'inherit' });
  if (error) console.error(`Cannot run ${program}: ${error.message}. Run it as npm run bench, which sets Python up.`);
  return status ?? 1;
}
