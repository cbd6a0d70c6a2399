import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { SetupError } from './progress.mjs';
import { choosePython, isJavaForSpark, parseJava } from './versions.mjs';

export const NODE_VERSION = '24.21.0';
export const CPU_INDEX = 'https://download.pytorch.org/whl/cpu';
export const JAR = {
  path: 'org/apache/hadoop/hadoop-azure/3.4.1/hadoop-azure-3.4.1.jar',
  sha256: 'd1ccb21546072acb55da9cf29bbf353749d8864ae96e9d9d2b6a06533b979c94',
};

const PYTHONS = ['python3.13', 'python3.12', 'python3.11', 'python3', 'python'];
const DESCRIBE_PYTHON = `import sys, importlib.util as u
print('%d.%d.%d' % sys.version_info[:3], bool(u.find_spec('venv') and u.find_spec('ensurepip')))`;
const PROBE = 'import sys, urllib.request as r; r.urlopen(r.Request(sys.argv[1], method="HEAD"), timeout=3)';

/** The folder that all clones of one user share. @param {NodeJS.ProcessEnv} env */
export function findCache(env) {
  if (env['LANDFALL_CACHE']) return env['LANDFALL_CACHE'];
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'landfall');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'landfall');
}

/** The running Node when it is a 24, else the one in the cache, which may not be there yet. @param {string} cache */
export function findNode(cache) {
  const name = `node-${process.platform}-${process.arch}`;
  const dir = join(cache, `node-${NODE_VERSION}`);
  const isRunning = process.version.startsWith('v24.');
  const path = isRunning ? process.execPath : join(dir, 'node_modules', name, 'bin', 'node');
  return { name, dir, path, found: existsSync(path) };
}

/** The Python to make the environment with. @returns {{ command: string, version: string }} */
export function findPython() {
  const chosen = choosePython(PYTHONS, inspectPython, process.platform);
  if ('error' in chosen) throw new SetupError(chosen.error);
  return chosen;
}

/** @param {string} command */
function inspectPython(command) {
  const [version, venv] = read(command, ['-c', DESCRIBE_PYTHON]).trim().split(' ');
  return version && venv ? { command, version, makesEnvironments: venv === 'True' } : undefined;
}

/**
 * Where the Python environment is, or will be: a whole one of either flavour is used as it is, so that a later start
 * asks nothing of the network.
 * @param {{ cache: string, lock: string, python: { command: string, version: string }, cpuIndex?: string | undefined }} options
 */
export function findEnvironment({ cache, lock, python, cpuIndex }) {
  const locate = (/** @type {string} */ flavour) => locateEnvironment({ cache, lock, python }, flavour);
  const cpu = locate('cpu');
  const usual = locate('default');
  if (cpu.found || cpuIndex) return { ...cpu, cpuIndex: cpuIndex ?? CPU_INDEX };
  if (usual.found || process.platform !== 'linux') return { ...usual, cpuIndex: undefined };
  return probe(python.command, CPU_INDEX) ? { ...cpu, cpuIndex: CPU_INDEX } : { ...usual, cpuIndex: undefined };
}

/**
 * Where the notebook's own environment is, or will be: what it needs has no place in a job.
 * @param {{ cache: string, lock: string, python: { version: string } }} options
 */
export function findNotebooks(options) {
  return { ...locateEnvironment(options, 'notebooks'), cpuIndex: undefined };
}

/**
 * @param {{ cache: string, lock: string, python: { version: string } }} options
 * @param {string} flavour
 */
function locateEnvironment({ cache, lock, python }, flavour) {
  const minor = python.version.split('.').slice(0, 2).join('.');
  const dir = join(cache, `python-${minor}-${flavour}-${hashText(lock + minor + flavour).slice(0, 12)}`);
  const path = join(dir, 'bin', 'python');
  return { dir, python: path, found: existsSync(join(dir, '.complete')) && existsSync(path) };
}

/** A Java that Spark runs on. @param {NodeJS.ProcessEnv} env @returns {string | undefined} its home */
export function findJava(env) {
  const commands = [...(env['JAVA_HOME'] ? [join(env['JAVA_HOME'], 'bin', 'java')] : []), 'java'];
  for (const command of commands) {
    const java = parseJava(read(command, ['-XshowSettings:properties', '-version']));
    if (isJavaForSpark(java)) return java?.home;
  }
  return undefined;
}

/** @param {string} cache */
export function findJar(cache) {
  const path = join(cache, 'jars', 'hadoop-azure-3.4.1.jar');
  return { path, found: existsSync(path) && hashText(readFileSync(path)) === JAR.sha256 };
}

/** Room for what a folder, that may not be there yet, will hold. @param {string} dir @returns {number} in MB */
export function findFreeMb(dir) {
  const existing = existsSync(dir) ? dir : undefined;
  if (!existing) return dirname(dir) === dir ? 0 : findFreeMb(dirname(dir));
  const { bavail, bsize } = statfsSync(existing);
  return (Number(bavail) * Number(bsize)) / 1e6;
}

/** @param {string | Uint8Array} content */
export function hashText(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** Python asks, since it heeds the proxy settings that pip heeds. @param {string} python @param {string} url */
function probe(python, url) {
  return spawnSync(python, ['-c', PROBE, `${url}/torch/`], { timeout: 3000, stdio: 'ignore' }).status === 0;
}

/** What a tool prints, on both streams; nothing when it fails or is not there. @param {string} command @param {string[]} args */
function read(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? stdout + stderr : '';
}
