import { expect, test } from 'vitest';
import { describePlan, needs, planSteps, refuseSmallDisk } from './plan.mjs';

const nothing = { node: false, packages: false, python: false, jar: false, notebooks: false, cpuTorch: false };
const everything = { node: true, packages: true, python: true, jar: true, notebooks: true, cpuTorch: false };
const names = (found: typeof nothing, command: string) =>
  planSteps(found, needs[command] ?? []).map(({ name }) => name);

test.each([
  ['start', nothing, ['node', 'packages', 'python', 'jar']],
  ['landfall', nothing, ['node', 'packages']],
  ['host', { ...nothing, node: true }, ['packages']],
  ['package', nothing, ['node', 'packages']],
  ['setup', { ...everything, python: false }, ['python']],
  ['bench', nothing, ['node', 'packages', 'python']],
  ['test', { ...everything, notebooks: false }, ['notebooks']],
  ['test', everything, []],
  ['notebook', nothing, ['notebooks']],
])('%s does only what is missing', (command, found, expected) => {
  expect(names(found, command)).toEqual(expected);
});

test('the sizes that are announced depend on the build of PyTorch', () => {
  const describe = (cpuTorch: boolean) =>
    describePlan(planSteps({ ...nothing, cpuTorch }, ['python', 'jar']), '/cache');
  expect(describe(false)).toEqual([
    'Landfall sets itself up, once (about 3.6 GB to download, 6.4 GB of disk; cache: /cache):',
    '  Python environment with Spark and PyTorch (default build): 3.6 GB, 6.4 GB on disk',
    '  Hadoop connector for Azure: 1 MB, 1 MB on disk',
  ]);
  expect(describe(true)[0]).toContain('about 801 MB to download, 1.7 GB of disk');
});

test('a disk that is too small is refused with what to do', () => {
  const steps = planSteps(nothing, ['python']);
  expect(refuseSmallDisk(steps, 10_000, '/cache')).toBeUndefined();
  expect(refuseSmallDisk(steps, 512, '/cache')).toBe(
    'Not enough disk: 6.4 GB needed, 512 MB free in /cache; make room, or set LANDFALL_CACHE to a folder on a larger disk.',
  );
});
