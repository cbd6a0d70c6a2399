import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { pick } from './gateway.ts';
import { mapPaths } from './image.ts';
import { shareTraffic } from './kserve.ts';
import type { KubeObject } from './kube.ts';
import { nextState } from './spark-operator.ts';
import { addCondition, judge } from './training-operator.ts';

const pod = (phase: string, over: object = {}, labels: Record<string, string> = {}): KubeObject => ({
  metadata: { name: 'p', labels },
  status: { phase, ...over },
});

describe('spark-operator', () => {
  const exit = { containerStatuses: [{ state: { terminated: { exitCode: 1, reason: 'Error' } } }] };
  test.each([
    ['SUBMITTED', pod('Pending'), undefined],
    ['SUBMITTED', pod('Running'), { state: 'RUNNING' }],
    ['RUNNING', pod('Running'), undefined],
    ['SUBMITTED', pod('Succeeded'), { state: 'SUCCEEDING' }],
    ['RUNNING', pod('Succeeded'), { state: 'SUCCEEDING' }],
    ['SUCCEEDING', pod('Succeeded'), { state: 'COMPLETED' }],
    [
      'RUNNING',
      pod('Failed', exit),
      { state: 'FAILING', errorMessage: 'driver container failed with ExitCode: 1, Reason: Error' },
    ],
    [
      'RUNNING',
      pod('Failed', { message: 'gone' }),
      { state: 'FAILING', errorMessage: 'driver container status missing: gone' },
    ],
    ['RUNNING', undefined, { state: 'FAILING', errorMessage: 'driver pod not found' }],
    ['FAILING', pod('Failed'), { state: 'FAILED' }],
  ] as const)('%s with a driver that is %j', (state, driver, expected) => {
    expect(nextState(state, driver)?.applicationState).toEqual(expected);
  });
});

describe('training-operator', () => {
  const job: KubeObject = { metadata: { name: 'j' }, spec: { pytorchReplicaSpecs: { Master: {}, Worker: {} } } };
  const replica = (type: string, phase: string) => pod(phase, {}, { 'training.kubeflow.org/replica-type': type });
  test.each([
    [[], 'Created'],
    [[replica('master', 'Pending'), replica('worker', 'Running')], 'Created'],
    [[replica('master', 'Running'), replica('worker', 'Pending')], 'Running'],
    [[replica('master', 'Succeeded'), replica('worker', 'Running')], 'Succeeded'],
    [[replica('master', 'Running'), replica('worker', 'Failed')], 'Failed'],
  ])('%# gives %s', (pods, expected) => expect(judge(job, pods).type).toBe(expected));

  test('the newest condition is the last, Running stays with status False once the job is over', () => {
    const conditions = ['Created', 'Running', 'Succeeded'].reduce(
      (all, type) => addCondition(all, type, ''),
      [] as ReturnType<typeof addCondition>,
    );
    expect(conditions.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'Created True',
      'Running False',
      'Succeeded True',
    ]);
    expect(addCondition(conditions, 'Succeeded', 'again')).toBe(conditions);
  });
});

describe('KServe', () => {
  test.each([
    ['nothing is ready yet', { created: '1' }, undefined, {}],
    ['a first deployment knows no canary', { created: '1', ready: '1' }, 0, { '1': 100 }],
    ['a new revision that is not ready gets nothing', { created: '2', ready: '1', rolledOut: '1' }, 0, { '1': 100 }],
    ['a canary of 0 is ready and gets nothing', { created: '2', ready: '2', rolledOut: '1' }, 0, { '2': 0, '1': 100 }],
    ['a canary of 10', { created: '2', ready: '2', rolledOut: '1' }, 10, { '2': 10, '1': 90 }],
    ['promoted', { created: '2', ready: '2', rolledOut: '1' }, undefined, { '2': 100 }],
  ])('%s', (_, revisions, canary, expected) => {
    const { traffic } = shareTraffic(revisions, canary);
    expect(Object.fromEntries(traffic.map(({ revisionName, percent }) => [revisionName, percent]))).toEqual(expected);
  });

  test('a promotion moves what is rolled out and keeps what was', () => {
    expect(shareTraffic({ created: '2', ready: '2', rolledOut: '1' }, undefined).revisions).toMatchObject({
      rolledOut: '2',
      previous: '1',
    });
  });
});

test('the gateway splits by percent and never picks a revision without traffic', () => {
  const backends = [
    { percent: 0, port: 1 },
    { percent: 10, port: 2 },
    { percent: 90, port: 3 },
  ];
  const draws = Array.from({ length: 1_000 }, (_, index) => pick(backends, index / 1_000)?.port);
  expect([1, 2, 3].map((port) => draws.filter((drawn) => drawn === port).length)).toEqual([0, 100, 900]);
  expect(pick([], 0.5)).toBeUndefined();
});

describe('paths of an image', () => {
  const root = mkdtempSync(join(tmpdir(), 'landfall-image-'));
  mkdirSync(join(root, 'opt'));
  writeFileSync(join(root, 'opt/a.py'), '');
  afterAll(() => rmSync(root, { recursive: true }));
  test.each([
    ['/opt/a.py', `${root}/opt/a.py`],
    ['/opt:/opt/a.py:/usr', `${root}/opt:${root}/opt/a.py:/usr`],
    ['opt/a.py', 'opt/a.py'],
    ['http://127.0.0.1:7080/landfall', 'http://127.0.0.1:7080/landfall'],
    ['--param', '--param'],
  ])('%s is mapped when it is there', (given, expected) => expect(mapPaths(given, root)).toBe(expected));
});
