import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders with Python of ours. */
const PYTHON_FOLDERS = ['workloads', 'tests/drift', 'tests/bench'];

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ name: string, commands: (report: string) => string[][], read?: (report: string) => Counts, python?: true, notebooks?: true }} Suite */

/** @param {string} bin @param {string} python @returns {Suite[]} */
function listSuites(bin, python) {
  const tool = (/** @type {string} */ name) => join(bin, name);
  const vitest = (/** @type {string} */ name) => ({
    name,
    commands: (/** @type {string} */ report) => [
      [
        tool('vitest'),
        'run',
        '--project',
        name,
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
    ],
    read: readVitest,
  });
  return [
    {
      name: 'typecheck',
      commands: () => [
        [tool('tsc'), '--noEmit'],
        [tool('tsc'), '--noEmit', '-p', 'dashboard'],
      ],
    },
    { name: 'eslint', commands: () => [[tool('eslint'), '.']] },
    { name: 'prettier', commands: () => [[tool('prettier'), '--check', '--log-level=warn', '.']] },
    {
      name: 'ruff',
      commands: () => [
        [python, '-m', 'ruff', 'check', ...PYTHON_FOLDERS],
        [python, '-m', 'ruff', 'format', '--check', ...PYTHON_FOLDERS],
      ],
      python: true,
    },
    vitest('unit'),
    { ...vitest('contract'), python: true },
    { ...vitest('e2e'), python: true, notebooks: true },
    {
      name: 'pytest',
      commands: (report) => [[python, '-m', 'pytest', ...PYTHON_FOLDERS, '-q', `--junitxml=${report}`]],
      read: readJunit,
      python: true,
    },
  ];
}

export const suiteNames = listSuites('', '').map(({ name }) => name);

/** Tells whether any of the suites needs the Python environment. @param {string[]} names */
export function needsPython(names) {
  return listSuites('', '').some((suite) => suite.python && names.includes(suite.name));
}

/** Tells whether any of the suites needs the notebook's environment. @param {string[]} names */
export function needsNotebooks(names) {
  return listSuites('', '').some((suite) => suite.notebooks && names.includes(suite.name));
}

/** @param {string} report @returns {Counts} */
export function readVitest(report) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(report);
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
}

/** @param {string} report @returns {Counts} */
export function readJunit(report) {
  const count = (/** @type {string} */ name) =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(report)?.[1] ?? 0);
  const [failed, skipped] = [count('failures') + count('errors'), count('skipped')];
  return { passed: count('tests') - failed - skipped, failed, skipped };
}

/**
 * A suite that fails without a failed test, or that runs no test at all, is a failure by itself.
 * @param {Counts} counts
 * @param {boolean} succeeded
 * @returns {Counts}
 */
export function judge(counts, succeeded) {
  const silent = counts.failed === 0 && (!succeeded || counts.passed === 0);
  return silent ? { ...counts, failed: 1 } : counts;
}

/** @param {Counts} counts */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

/**
 * Runs the suites one after the other and prints what came out.
 * @param {{ root: string, python: string, env: NodeJS.ProcessEnv, only: string[] }} options
 * @returns {Promise<boolean>} whether all passed
 */
export async function runSuites({ root, python, env, only }) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines = [];
  for (const suite of listSuites(join(root, 'node_modules', '.bin'), python)) {
    if (!only.includes(suite.name)) continue;
    console.log(`\n== ${suite.name}`);
    const start = Date.now();
    const counts = await runSuite(suite, root, env);
    lines.push(`${suite.name.padEnd(10)} ${formatCounts(counts)} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    console.log(lines.at(-1));
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += counts[key];
  }
  console.log(['', ...lines, formatCounts(total)].join('\n'));
  return total.failed === 0;
}

/** @param {Suite} suite @param {string} root @param {NodeJS.ProcessEnv} env */
async function runSuite(suite, root, env) {
  const dir = mkdtempSync(join(tmpdir(), 'landfall-test-'));
  const report = join(dir, 'report');
  try {
    let succeeded = true;
    for (const command of suite.commands(report)) succeeded = (await runTool(command, root, env)) && succeeded;
    const counts = suite.read ? readReport(report, suite.read) : { passed: Number(succeeded), failed: 0, skipped: 0 };
    return judge(counts, succeeded);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** @param {string} file @param {(text: string) => Counts} read */
function readReport(file, read) {
  try {
    return read(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`No report of the tests: ${error}`);
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/** @param {string[]} command @param {string} cwd @param {NodeJS.ProcessEnv} env @returns {Promise<boolean>} */
function runTool([command = '', ...args], cwd, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(`Cannot run ${command}: ${error.message}`);
      resolve(false);
    });
    child.on('close', (code) => resolve(code === 0));
  });
}
