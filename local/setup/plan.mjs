/**
 * What the set-up knows before it does anything.
 * @typedef {object} Found
 * @property {boolean} node Node 24 is there
 * @property {boolean} packages npm's packages are those of the lock file
 * @property {boolean} python the Python environment is whole
 * @property {boolean} jar the jar is there
 * @property {boolean} notebooks the notebook's Python environment is whole
 * @property {boolean} cpuTorch PyTorch's CPU build can be had, or this is no Linux
 */

/** @typedef {'node' | 'packages' | 'python' | 'jar' | 'notebooks'} StepName */

/** @typedef {{ name: StepName, title: string, downloadMb: number, diskMb: number }} Step */

/** The parts that each command needs; any other command is refused. */
export const needs = /** @type {Record<string, StepName[]>} */ ({
  start: ['node', 'packages', 'python', 'jar'],
  landfall: ['node', 'packages'],
  host: ['node', 'packages'],
  package: ['node', 'packages'],
  setup: ['node', 'packages', 'python', 'jar'],
  test: ['node', 'packages', 'python', 'jar', 'notebooks'],
  figures: ['node', 'packages', 'python', 'jar'],
  bench: ['node', 'packages', 'python'],
  notebook: ['notebooks'],
});

// With the locked versions, rounded up; Node's is the npm package's, torch's default build brings CUDA.
const sizes = {
  node: { title: 'Node 24', downloadMb: 50, diskMb: 190 },
  packages: { title: 'npm packages', downloadMb: 130, diskMb: 530 },
  pythonCpu: { title: 'Python environment with Spark and PyTorch (CPU build)', downloadMb: 800, diskMb: 1700 },
  python: { title: 'Python environment with Spark and PyTorch (default build)', downloadMb: 3600, diskMb: 6400 },
  jar: { title: 'Hadoop connector for Azure', downloadMb: 1, diskMb: 1 },
  notebooks: { title: 'Python environment of the notebook', downloadMb: 110, diskMb: 390 },
};

/**
 * Decides what is to be done.
 * @param {Found} found
 * @param {StepName[]} needed
 * @returns {Step[]}
 */
export function planSteps(found, needed) {
  const missing = needed.filter((name) => !found[name]);
  return missing.map((name) => ({ name, ...sizes[name === 'python' && found.cpuTorch ? 'pythonCpu' : name] }));
}

/**
 * Says what will be downloaded and what room it takes.
 * @param {Step[]} steps
 * @param {string} cache
 * @returns {string[]}
 */
export function describePlan(steps, cache) {
  const total = (/** @type {'downloadMb' | 'diskMb'} */ key) => steps.reduce((sum, step) => sum + step[key], 0);
  const lines = steps.map((step) => `  ${step.title}: ${formatMb(step.downloadMb)}, ${formatMb(step.diskMb)} on disk`);
  const sum = `about ${formatMb(total('downloadMb'))} to download, ${formatMb(total('diskMb'))} of disk`;
  return [`Landfall sets itself up, once (${sum}; cache: ${cache}):`, ...lines];
}

/**
 * Tells whether the disk has room for the steps, and what to do if not.
 * @param {Step[]} steps
 * @param {number} freeMb
 * @param {string} cache
 * @returns {string | undefined}
 */
export function refuseSmallDisk(steps, freeMb, cache) {
  const diskMb = steps.reduce((sum, step) => sum + step.diskMb, 0);
  if (freeMb >= diskMb) return undefined;
  return `Not enough disk: ${formatMb(diskMb)} needed, ${formatMb(freeMb)} free in ${cache}; make room, or set LANDFALL_CACHE to a folder on a larger disk.`;
}

/** @param {number} mb */
export function formatMb(mb) {
  return mb < 1000 ? `${Math.round(mb)} MB` : `${(mb / 1000).toFixed(1)} GB`;
}
