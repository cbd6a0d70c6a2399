import { afterEach, expect, test } from 'vitest';
import { aRun } from '../../tests/kit/answers.ts';
import { runCommand } from '../../tests/kit/command-line.ts';
import { problem, startStandInApp, type StandInApp } from '../../tests/kit/stand-in-app.ts';

let app: StandInApp | undefined;
afterEach(() => app?.close());

const started = { status: 202, body: { runId: 'new', statusUrl: 'https://x/api/runs/new' } };

test.each<[args: string[], body: object]>([
  [['start', 'iris'], {}],
  [
    ['start', 'iris', '--file', 'iris/a b%.csv', '--file', 'landing/iris/ö.csv'],
    { files: ['landing/iris/a b%.csv', 'landing/iris/ö.csv'] },
  ],
  [
    ['start', 'iris', '--prefix', '/iris/2026/', '--to-stage', 'train', '--no-cache', '--initial-weights', 'champion'],
    { prefix: 'landing/iris/2026/', toStage: 'train', noCache: true, initialWeights: 'champion' },
  ],
  [
    [
      'start',
      'iris',
      '-p',
      'train.epochs=30',
      '-p',
      'train.note=a=b',
      '-p',
      'process.strict=true',
      '-p',
      'train.s="7"',
    ],
    { parameters: { train: { epochs: 30, note: 'a=b', s: '7' }, process: { strict: true } } },
  ],
  [['rerun', 'old'], {}],
  [
    ['rerun', 'old', '--from-stage', 'train', '--parameter', 'train.rate=1e-3', '--no-cache'],
    { fromStage: 'train', parameters: { train: { rate: 0.001 } }, noCache: true },
  ],
])('%j asks for %j', async (args, body) => {
  app = await startStandInApp({ 'POST pipelines/iris/runs': started, 'POST runs/old/rerun': started });
  const { code, out } = await runCommand([...args, '--api', app.url]);
  expect({ code, out }).toEqual({
    code: 0,
    out: `Run new has started.\n  → npx landfall --api ${app.url} run new --follow\n`,
  });
  expect(app.received[0]?.body).toEqual(body);
  expect(app.received[0]?.headers).not.toHaveProperty('idempotency-key');
});

test('a key makes a repeated request the same run, and the run is followed', async () => {
  app = await startStandInApp({
    'POST pipelines/iris/runs': started,
    'GET runs/new': { body: aRun({ runId: 'new', status: 'Cancelled', finishedAt: '2026-03-01T10:16:07.000Z' }) },
  });
  const { code, out } = await runCommand(['start', 'iris', '--idempotency-key', 'ö 1', '-f', '--api', app.url]);
  expect(code).toBe(1);
  expect(out).toMatch(/^Run new\n\n✖ new cancelled/);
  expect(app.received[0]?.headers['idempotency-key']).toBe('%C3%B6%201');
});

test.each([
  [['start', 'iris', '--file', '../models/x'], /leads out of its folder/],
  [['start', 'iris', '-p', 'epochs=3'], /Expected process\.NAME=VALUE/],
])('%j is refused before it is sent', async (args, text) => {
  app = await startStandInApp({});
  const ended = await runCommand([...args, '--api', app.url]);
  expect(ended).toMatchObject({ code: 2, err: expect.stringMatching(text) as string });
  expect(app.received).toEqual([]);
});

test('cancelling waits for the end where that is asked', async () => {
  const over = { runId: 'r', finishedAt: '2026-03-01T10:16:07.000Z' };
  app = await startStandInApp({
    'POST runs/r/cancel': { status: 202, body: { runId: 'r', cancelling: true } },
    'GET runs/r': [{ body: aRun({ runId: 'r' }) }, { body: aRun({ ...over, status: 'Cancelled' }) }],
    'POST runs/late/cancel': problem(409, 'late is over: Succeeded.'),
  });
  const asked = await runCommand(['cancel', 'r', '--api', app.url]);
  expect(asked).toMatchObject({ code: 0, out: expect.stringContaining('asked to stop') as string });
  const stopped = await runCommand(['cancel', 'r', '--follow', '--api', app.url]);
  expect(stopped).toMatchObject({ code: 0, out: expect.stringContaining('Run r ended: cancelled.') as string });
  expect((await runCommand(['cancel', 'late', '--api', app.url])).code).toBe(3);
});
