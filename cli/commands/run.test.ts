import { afterEach, expect, test } from 'vitest';
import { aRun } from '../../tests/kit/answers.ts';
import { runCommand } from '../../tests/kit/command-line.ts';
import { problem, startStandInApp, type StandInApp } from '../../tests/kit/stand-in-app.ts';

let app: StandInApp | undefined;
afterEach(() => app?.close());

const failed = aRun({
  runId: 'r',
  status: 'Failed',
  stages: [
    {
      name: 'process',
      status: 'Succeeded',
      startedAt: '2026-03-01T10:15:02.000Z',
      finishedAt: '2026-03-01T10:15:02.000Z',
      reusedFrom: 'earlier',
    },
    {
      name: 'train',
      status: 'Failed',
      startedAt: '2026-03-01T10:15:02.000Z',
      finishedAt: '2026-03-01T10:16:07.000Z',
      detail: 'OOMKilled',
    },
  ],
  error: { stage: 'train', reason: 'OOMKilled', message: 'The worker\nneeded more.', hint: 'See GET /api/runs/r.' },
  finishedAt: '2026-03-01T10:16:07.000Z',
});

test('a run is shown with its stages, what went wrong and what helps', async () => {
  app = await startStandInApp({ 'GET runs/r': { body: failed } });
  const { code, out } = await runCommand(['run', 'r', '--api', app.url]);
  expect(code).toBe(0);
  expect(out).toMatch(/^r {2}Failed\n {2}pipeline +iris\n/);
  expect(out).toMatch(/✔ process +0\.0 s {2}taken over from earlier\n {2}✖ train +1 min 5 s {2}OOMKilled\n/);
  expect(out).toMatch(
    /✖ r failed in train: OOMKilled\n {2}The worker\n {2}needed more\.\n {2}→ See landfall run r\.\n/,
  );
  expect(out).toContain(`→ npx landfall --api ${app.url} logs r train`);
});

test('each stage is told once while a run is followed, and one that fails ends with exit code 1', async () => {
  const at = (stages: Partial<typeof failed>) => ({ body: { ...aRun({ runId: 'r' }), ...stages } });
  const training = { name: 'train', status: 'Running', startedAt: '2026-03-01T10:15:02.000Z' } as const;
  app = await startStandInApp({
    'GET runs/r': [
      at({ stages: [training], waitingFor: 'epoch 1 of 2 (50 %)' }),
      { status: 503, bare: '' },
      at({ stages: [training], waitingFor: 'epoch 2 of 2 (100 %)' }),
      { body: failed },
    ],
  });
  const { code, out } = await runCommand(['run', 'r', '--follow', '--api', app.url]);
  expect(code).toBe(1);
  expect(out.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' '))).toEqual([
    'Run r',
    '… train epoch 1 of 2 (50 %)',
    `… waiting for the app: ${app.url} answered 503 to GET runs/r.`,
    '… train epoch 2 of 2 (100 %)',
    '✔ process 0.0 s taken over from earlier',
    '✖ train 1 min 5 s OOMKilled',
    '',
    '✖ r failed in train: OOMKilled',
    'The worker',
    'needed more.',
    '→ See landfall run r.',
    `→ npx landfall --api ${app.url} logs r train`,
    '',
  ]);
});

test('an app that stays away is given up, and the run goes on without us', async () => {
  app = await startStandInApp({ 'GET runs/r': [{ body: aRun({ runId: 'r' }) }, { status: 503, bare: '' }] });
  let minutes = 0;
  const now = () => Date.UTC(2026, 2, 1, 11, minutes++);
  const ended = await runCommand(['run', 'r', '--follow', '--api', app.url], { now });
  expect(ended).toMatchObject({ code: 3, err: expect.stringContaining('answered 503') as string });
});

test('a run that asks a person says how to answer, and is followed no further where that is asked', async () => {
  app = await startStandInApp({ 'GET runs/r': { body: aRun({ runId: 'r', review: {} }) } });
  const { code, out } = await runCommand(['run', 'r', '--follow', '--until-review', '--api', app.url]);
  expect(code).toBe(1);
  expect(out).toMatch(/\? review .* until 2026-03-04 10:17:40Z, or the model is rejected:\n +petal_length: PSI 1\.21/);
  expect(out).toContain('review r --approve --comment "why"');
});

test('a model that cannot be asked does not make a good run a bad one silently', async () => {
  const served = aRun({ runId: 'r', isServing: true });
  app = await startStandInApp({
    'GET runs/r': { body: served },
    [`GET models/iris/${served.modelVersion}/documents/golden`]: [
      { status: 404, bare: '' },
      { body: { requests: [{ instances: [1] }], responses: [1], tolerance: 0.1 } },
    ],
    'POST pipelines/iris/predict': problem(502, 'The predictor of iris answered 500: no'),
  });
  const older = await runCommand(['run', 'r', '--follow', '--api', app.url]);
  expect(older).toMatchObject({ code: 0, out: expect.stringMatching(/serves after .*\nAsk it: /) as string });
  const clock = [0, 0, 60_000, 120_000];
  const now = () => clock.shift() ?? 180_000;
  const mute = await runCommand(['run', 'r', '--follow', '--api', app.url], { now });
  expect(mute).toMatchObject({ code: 3, err: expect.stringContaining('answered 500: no') as string });
});

test('documents are printed as they are', async () => {
  const quarantine = { path: 'quarantine/iris/batch=x', rows: [{ a: 1, problem: 'no\u009bnumber' }], files: [] };
  app = await startStandInApp({
    'GET runs/r/quarantine': { body: quarantine },
    'GET runs/r/documents/nothing': problem(404, 'A run has no document nothing.'),
  });
  const { out } = await runCommand(['run', 'r', '--document', 'quarantine', '--api', app.url]);
  expect(JSON.parse(out)).toEqual(quarantine);
  expect(out).not.toContain('\u009b');
  expect((await runCommand(['run', 'r', '--document', 'nothing', '--api', app.url])).code).toBe(2);
});
