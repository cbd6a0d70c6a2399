import { afterEach, describe, expect, test } from 'vitest';
import { aRun } from '../../tests/kit/answers.ts';
import { runCommand } from '../../tests/kit/command-line.ts';
import { problem, startStandInApp, type StandInApp } from '../../tests/kit/stand-in-app.ts';

let app: StandInApp | undefined;
afterEach(() => app?.close());

const START = '2026-03-01T10:15:02.000Z';
const END = '2026-03-01T10:16:02.000Z';
const job = { cluster: 'training', kind: 'PyTorchJob', namespace: 'landfall', name: 'x', attempt: 1 } as const;
const log = (stage: 'process' | 'train', live: boolean, pods: Record<string, string[]>, attempt = 1) => ({
  body: {
    runId: 'r',
    stage,
    attempt,
    attempts: [1],
    live,
    pods: Object.entries(pods).map(([pod, lines]) => ({ pod, lines })),
  },
});
const training = aRun({ runId: 'r', stages: [{ name: 'train', status: 'Running', startedAt: START, job }] });
const trained = aRun({
  runId: 'r',
  stages: [{ name: 'train', status: 'Succeeded', startedAt: START, finishedAt: END, job }],
});

test('the log of where the run is, is printed, each line with its pod where there are several', async () => {
  app = await startStandInApp({
    'GET runs/r': { body: training },
    'GET runs/r/logs/train': [
      log('train', true, { master: ['a', 'b'], worker: ['c'] }),
      log('train', true, { m: ['a'] }),
    ],
  });
  expect((await runCommand(['logs', 'r', '--api', app.url])).out).toBe('master | a\nmaster | b\nworker | c\n');
  expect((await runCommand(['logs', 'r', 'train', '--attempt', '2', '--api', app.url])).out).toBe('a\n');
  expect(app.received.at(-1)?.query.get('attempt')).toBe('2');
});

test('what a job prints does nothing to the terminal', async () => {
  const lines = [
    '\u001b]0;title\u0007\u001b[31mred',
    'epoch 1\repoch 2',
    'tab\there',
    '\u009b2J <b>&amp;',
    '\u202eoverturned',
  ];
  app = await startStandInApp({ 'GET runs/r/logs/train': log('train', false, { m: lines }) });
  const { out } = await runCommand(['logs', 'r', 'train', '--api', app.url]);
  expect(out).toBe(']0;title[31mred\nepoch 1\nepoch 2\ntab\there\n2J <b>&amp;\noverturned\n');
});

test('a log is followed to its end, each line once, also when the window on it moves on', async () => {
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `line ${from + index}`);
  app = await startStandInApp({
    'GET runs/r': [{ body: training }, { body: training }, { body: training }, { body: training }, { body: trained }],
    'GET runs/r/logs/train': [
      problem(404, 'r has no log of stage train.'),
      log('train', true, { m: numbers(0, 1_500) }),
      log('train', true, { m: numbers(500, 2_500) }),
      log('train', true, { m: numbers(4_000, 6_000) }),
      log('train', false, { m: numbers(4_010, 6_010) }),
    ],
  });
  const { code, out } = await runCommand(['logs', 'r', 'train', '--follow', '--api', app.url]);
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n')).toEqual([
    '  … waiting for the log of train',
    ...numbers(0, 2_500),
    '… (lines are left out here)',
    ...numbers(4_000, 6_010),
  ]);
});

test('without a stage one log follows the other, and another attempt begins anew', async () => {
  const over = aRun({
    ...trained,
    status: 'Failed',
    stages: [
      { name: 'process', status: 'Succeeded', startedAt: START, finishedAt: END, job },
      { name: 'train', status: 'Failed', startedAt: START, finishedAt: END, job },
    ],
    finishedAt: END,
  });
  app = await startStandInApp({
    'GET runs/r': { body: over },
    'GET runs/r/logs/process': log('process', false, { p: ['x'] }),
    'GET runs/r/logs/train': [log('train', true, { m: ['same'] }), log('train', false, { m: ['same'] }, 2)],
  });
  const { out } = await runCommand(['logs', 'r', '-f', '--api', app.url]);
  expect(out).toBe('— process\nx\n— train\nsame\nsame\n');
});

test('a run without a job says so', async () => {
  const early = aRun({ runId: 'r', stages: [], status: 'Cancelled', finishedAt: END });
  app = await startStandInApp({
    'GET runs/r': { body: early },
    'GET runs/r/logs/process': problem(404, 'r has no log of stage process.'),
    'GET runs/r/logs/train': problem(404, 'r has no log of stage train.'),
  });
  expect(await runCommand(['logs', 'r', '--api', app.url])).toMatchObject({
    code: 2,
    err: expect.stringContaining('no job yet') as string,
  });
  expect(await runCommand(['logs', 'r', '--follow', '--api', app.url])).toMatchObject({ code: 1 });
  expect(await runCommand(['logs', 'r', 'review', '--api', app.url])).toMatchObject({ code: 2 });
});

test('a huge log is no trouble', async () => {
  const lines = Array.from({ length: 2_000 }, (_, index) => `${index} ${'x'.repeat(10_000)}`);
  app = await startStandInApp({ 'GET runs/r/logs/train': log('train', false, { m: lines }) });
  const { out } = await runCommand(['logs', 'r', 'train', '--api', app.url]);
  expect(out.length).toBe(lines.reduce((sum, line) => sum + line.length + 1, 0));
});

describe('what a source’s script said', () => {
  const sourceLog = (live: boolean, lines: string[], attempt = 1) => ({
    body: {
      ...{ pipeline: 'iris', source: 'instrument', runId: 'iris-20260301-101502-3fa9c1', attempt, attempts: [attempt] },
      ...{ live, pods: [{ pod: 'p', lines }] },
    },
  });
  const standing = (status: string) => ({
    body: {
      ...{ name: 'iris', description: '', enabled: true, landing: 'landing/iris/' },
      sources: [{ name: 'instrument', type: 'script', status }],
    },
  });
  const LOG = 'GET pipelines/iris/sources/instrument/logs';

  test('is printed', async () => {
    app = await startStandInApp({ [LOG]: sourceLog(false, ['150 flowers', 'done']) });
    const args = ['logs', 'iris', '--source', 'instrument', '--attempt', '2', '--api', app.url];
    expect(await runCommand(args)).toMatchObject({ code: 0, out: '150 flowers\ndone\n' });
    expect(app.received.at(-1)?.query.get('attempt')).toBe('2');
  });

  test('is followed to the end of the look, over another attempt', async () => {
    app = await startStandInApp({
      'GET pipelines/iris': ['Running', 'Running', 'Running', 'Running', 'Changed'].map(standing),
      [LOG]: [
        problem(404, 'instrument of iris has no log of its last look.', { hint: 'Its job is about to start.' }),
        sourceLog(true, ['a']),
        sourceLog(true, ['a', 'b']),
        sourceLog(true, ['a'], 2),
        sourceLog(false, ['a', 'c'], 2),
      ],
    });
    const { code, out } = await runCommand(['logs', 'iris', '--source', 'instrument', '-f', '--api', app.url]);
    expect({ code, out }).toEqual({ code: 0, out: '  … waiting for the log of instrument\na\nb\na\nc\n' });
  });

  test('is nothing where it was not looked at, and the refusal says what to do', async () => {
    const hint = 'POST /api/pipelines/iris/collect looks again.';
    app = await startStandInApp({
      'GET pipelines/iris': standing('NeverChecked'),
      [LOG]: problem(404, 'instrument of iris has no log of its last look.', { hint }),
    });
    for (const follow of [[], ['--follow']])
      expect(await runCommand(['logs', 'iris', '--source', 'instrument', ...follow, '--api', app.url])).toMatchObject({
        code: 2,
        err: '✖ instrument of iris has no log of its last look.\n  → landfall collect iris looks again.\n',
      });
    expect((await runCommand(['logs', 'iris', 'train', '--source', 'x', '--api', app.url])).code).toBe(2);
    expect((await runCommand(['logs', 'r', 'collect', '--api', app.url])).code).toBe(2);
  });
});
