import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ROOT } from '../kit/running-platform.ts';

test('the figures of a run are printed, each with a value', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', 'tests/figures/one-run.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  for (const figure of ['platform up after', 'drop to serving', 'history rows', 'memory of the process tree'])
    expect(stdout).toMatch(new RegExp(`^${figure} +[1-9\\d.]`, 'm'));
});
