import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCommand } from './command.mjs';
import {
  findCache,
  findEnvironment,
  findFreeMb,
  findJar,
  findJava,
  findNode,
  findNotebooks,
  findPython,
} from './find.mjs';
import { withLock } from './lock.mjs';
import { hasPackages } from './packages.mjs';
import { describePlan, needs, planSteps, refuseSmallDisk } from './plan.mjs';
import { programs } from './programs.mjs';
import { SetupError, showProgress } from './progress.mjs';
import { installJar, installNode, installPackages, installPython } from './steps.mjs';
import { makeJavaHome, runNpm } from './steps.mjs';
import { needsNotebooks, needsPython, runSuites } from './suites.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const notebooksFolder = 'workloads/notebooks';

/** @typedef {import('./command.mjs').Command} Command */

/** Everything that the steps, and the command after them, work with.
 * @param {Command} command
 */
function look(command) {
  const cache = findCache(process.env);
  const lock = readFileSync(join(root, 'workloads', 'requirements.lock'), 'utf8');
  const notebooksLock = readFileSync(join(root, notebooksFolder, 'requirements.lock'), 'utf8');
  const isTest = command.name === 'test';
  const wantsPython = isTest ? needsPython(command.only) : needs[command.name]?.includes('python');
  const wantsNotebooks = isTest ? needsNotebooks(command.only) : needs[command.name]?.includes('notebooks');
  const python = wantsPython || wantsNotebooks ? findPython() : undefined;
  const environment =
    wantsPython && python ? findEnvironment({ cache, lock, python, cpuIndex: command.cpuIndex }) : undefined;
  const notebooks = wantsNotebooks && python ? findNotebooks({ cache, lock: notebooksLock, python }) : undefined;
  const node = findNode(cache);
  const jar = findJar(cache);
  const found = {
    node: node.found,
    packages: hasPackages(root),
    python: environment?.found ?? true,
    jar: jar.found || !wantsPython,
    notebooks: notebooks?.found ?? true,
    cpuTorch: environment?.cpuIndex !== undefined || process.platform !== 'linux',
  };
  const path = [dirname(node.path), process.env['PATH'] ?? ''].join(delimiter);
  const env = { ...process.env, PATH: path, LANDFALL_NODE: node.path };
  const context = { log: join(cache, 'setup.log'), env, cwd: root, node: node.path };
  const steps = planSteps(found, needs[command.name] ?? []);
  return { cache, lock, notebooksLock, python, environment, notebooks, node, jar, context, steps };
}

/** @param {Command} command */
async function setUp(command) {
  const seen = look(command);
  mkdirSync(seen.cache, { recursive: true });
  if (seen.steps.length === 0) return seen;
  const refusal = refuseSmallDisk(seen.steps, findFreeMb(seen.cache), seen.cache);
  if (refusal) throw new SetupError(refusal);
  console.log(describePlan(seen.steps, seen.cache).join('\n'));
  const file = join(seen.cache, 'setup.lock');
  const tell = (/** @type {number} */ pid) => console.log(`Waiting for the set-up of process ${pid} (${file})`);
  await withLock(file, () => install(command), tell);
  return look(command);
}

/** Looks again, now that nobody else works on it. @param {Command} command */
async function install(command) {
  const { lock, notebooksLock, python, environment, notebooks, node, jar, context, steps } = look(command);
  writeFileSync(context.log, '');
  const work = {
    node: () => installNode(context, node),
    packages: () => installPackages(context),
    python: async () => environment && python && installPython(context, environment, python.command, lock),
    jar: () => installJar(context, jar.path),
    notebooks: async () => notebooks && python && installPython(context, notebooks, python.command, notebooksLock),
  };
  for (const { name, title } of steps) await showProgress(title, async () => void (await work[name]()));
}

/** @param {Command} command */
async function main(command) {
  if (process.platform === 'win32') throw new SetupError('Windows is not supported: run this within WSL');
  const { cache, environment, notebooks, jar, context, node } = await setUp(command);
  const java = environment && (findJava(process.env) ?? makeJavaHome(cache, environment.dir));
  const env = {
    ...context.env,
    ...(environment && { LANDFALL_PYTHON: environment.python, LANDFALL_JARS: jar.path }),
    ...(java && { LANDFALL_JAVA_HOME: java }),
    ...(notebooks && { LANDFALL_NOTEBOOK_PYTHON: notebooks.python }),
  };
  if (command.name === 'notebook') {
    const script = join(root, notebooksFolder, 'execute.py');
    process.exitCode = await hand(notebooks?.python ?? '', [script, ...command.args], env);
    return;
  }
  if (command.name !== 'landfall')
    await showProgress('App bundle and page', () => runNpm(context, 'run', '--silent', 'build'));
  if (command.name === 'setup') return console.log('Landfall is set up: npm start');
  if (command.name === 'test') {
    const sparkEnvironment = environment && java && { JAVA_HOME: java, PYSPARK_PYTHON: environment.python };
    const options = { root, python: environment?.python ?? '', env: { ...env, ...sparkEnvironment } };
    process.exitCode = (await runSuites({ ...options, only: command.only })) ? 0 : 1;
    return;
  }
  process.exitCode = await hand(node.path, [join(root, programs[command.name] ?? ''), ...command.args], env);
}

/** Hands over to a program: it gets the terminal and the signals, and its exit code becomes ours.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function hand(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: 'inherit' });
    // The terminal sends its own interrupt to the child too.
    process.on('SIGINT', () => undefined);
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

const command = parseCommand(process.argv.slice(2), process.env);
if ('print' in command) {
  console[command.exitCode === 0 ? 'log' : 'error'](command.print);
  process.exitCode = command.exitCode;
} else {
  main(command).catch((error) => {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  });
}
