import { expect, test } from 'vitest';
import { parseCommand } from './command.mjs';
import { suiteNames } from './suites.mjs';

test.each([
  [['start', '--port-base', '8000'], { name: 'start', args: ['--port-base', '8000'], cpuIndex: undefined, only: [] }],
  [['start', '--cpu-index', 'https://x', '-v'], { name: 'start', args: ['-v'], cpuIndex: 'https://x', only: [] }],
  [['bench', 'profile', '--help'], { name: 'bench', args: ['profile', '--help'], cpuIndex: undefined, only: [] }],
  [['landfall', 'drop', '--help'], { name: 'landfall', args: ['drop', '--help'], cpuIndex: undefined, only: [] }],
  [['test', '--only', 'unit,pytest'], { name: 'test', args: [], cpuIndex: undefined, only: ['unit', 'pytest'] }],
  [['test'], { name: 'test', args: [], cpuIndex: undefined, only: suiteNames }],
])('%j is understood', (argv, command) => {
  expect(parseCommand(argv, {})).toEqual(command);
});

test.each([
  [[], 2],
  [['stop'], 2],
  [['constructor'], 2],
  [['setup', '--fast'], 2],
  [['test', '--only', 'unit,nothing'], 2],
  [['test', '--only'], 2],
  [['--help'], 0],
  [['test', '--help'], 0],
])('%j is answered with how it is used', (argv, exitCode) => {
  const answer = parseCommand(argv, {});
  expect(answer).toMatchObject({ exitCode, print: expect.stringContaining('Usage: ') as string });
});

test('the CPU index may come from the environment', () => {
  expect(parseCommand(['setup'], { LANDFALL_CPU_INDEX: 'https://x' })).toMatchObject({ cpuIndex: 'https://x' });
});
