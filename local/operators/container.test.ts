import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commandOf } from './container.ts';
import { lastLines } from './log-server.ts';
import { mapPaths } from './map-paths.ts';
import { phaseOf } from './pod-status.ts';

const root = mkdtempSync(join(tmpdir(), 'landfall-image-'));
mkdirSync(join(root, 'opt'));
writeFileSync(join(root, 'opt/a.py'), '');
afterAll(() => rmSync(root, { recursive: true }));

describe('paths of an image', () => {
  test.each([
    ['/opt/a.py', `${root}/opt/a.py`],
    ['/opt:/opt/a.py:/usr', `${root}/opt:${root}/opt/a.py:/usr`],
    ['key=/opt/a.py,/opt', `key=${root}/opt/a.py,${root}/opt`],
    ['opt/a.py', 'opt/a.py'],
    ['/', '/'],
    ['http://127.0.0.1:7080/opt', 'http://127.0.0.1:7080/opt'],
    ['https://opt/a.py', 'https://opt/a.py'],
    ['--param', '--param'],
  ])('%s', (given, expected) => expect(mapPaths(given, root)).toBe(expected));
});

test('a container becomes a command of this machine: its own environment wins, programs and credentials are the machine’s', () => {
  const machine = { python: '/venv/bin/python', jars: [], lakeEnv: {}, dataDir: '' };
  const env = { PATH: '/venv/bin', KEY: 'k', MODE: 'machine' };
  const host = { machine, env, pull: () => Promise.reject(new Error('not asked')) };
  const config = {
    Env: ['PATH=/usr/bin', 'PYTHONPATH=/opt', 'A=b=c'],
    Entrypoint: ['python'],
    Cmd: ['x.py'],
    WorkingDir: '/opt',
  };
  const image = { root, digest: 'sha256:1', config };
  const given = {
    name: 'c',
    image: 'i',
    args: ['/opt/a.py', '$(MODE)-$(NONE)'],
    env: [{ name: 'MODE', value: 'pod' }],
  };
  expect(commandOf(given, image, host)).toEqual({
    words: ['/venv/bin/python', join(root, 'opt/a.py'), 'pod-$(NONE)'],
    env: { PATH: '/venv/bin', PYTHONPATH: join(root, 'opt'), A: 'b=c', KEY: 'k', MODE: 'pod' },
    cwd: join(root, 'opt'),
  });
  expect(commandOf({ name: 'c', image: 'i' }, image, host).words).toEqual(['/venv/bin/python', 'x.py']);
  expect(commandOf({ name: 'c', image: 'i', command: ['sh'] }, image, host).words).toEqual(['sh']);
});

describe('the phase of a pod', () => {
  const [ok, bad, runs, waits] = [
    { terminated: { exitCode: 0 } },
    { terminated: { exitCode: 1 } },
    { running: {} },
    { waiting: { reason: 'ErrImagePull' } },
  ];
  test.each([
    ['Pending', [waits], 0],
    ['Running', [runs], 0],
    ['Running', [waits], 1],
    ['Running', [ok, runs], 0],
    ['Succeeded', [ok, ok], 0],
    ['Failed', [ok, bad], 0],
  ])('is %s with %j', (phase, states, restartCount) => {
    const containers = states.map((state) => ({ state, restartCount }) as never);
    expect(phaseOf(containers, states.length)).toBe(phase);
  });
});

test.each([
  ['a\nb\nc\n', '2', 'b\nc\n'],
  ['a\nb\nc', '1', 'c'],
  ['a\n', '5', 'a\n'],
  ['\na\n', '2', '\na\n'],
  ['a\nb\n', '0', ''],
  ['a\nb\n', null, 'a\nb\n'],
  ['', '3', ''],
])('the last lines of %j, %s', (content, count, expected) => {
  expect(lastLines(Buffer.from(content), count).toString()).toBe(expected);
});
