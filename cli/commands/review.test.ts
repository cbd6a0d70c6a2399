import { userInfo } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { aModel, aReview, aRun } from '../../tests/kit/answers.ts';
import { runCommand } from '../../tests/kit/command-line.ts';
import { problem, startStandInApp, type StandInApp } from '../../tests/kit/stand-in-app.ts';

let app: StandInApp | undefined;
afterEach(() => app?.close());

const version = aModel({}).version;
const drift = {
  version: 1,
  baseline: 'old',
  batch: version,
  rows: { baseline: 150, batch: 90 },
  features: [
    {
      name: 'petal_length',
      type: 'number',
      isLabel: false,
      measures: {
        psi: { value: 1.2134, limit: 0.2, pValue: 0, exceeded: true },
        ks: { value: 0.1, limit: 0.2, exceeded: false },
      },
      drifted: true,
      reasons: ['PSI 1.21 is above 0.2'],
    },
    { name: 'species', type: 'category', isLabel: true, measures: {}, drifted: false, reasons: [] },
  ],
  problems: ['sepal_width is no number any more.'],
  chance: { falseAlarms: 0.01, tests: 4, pValue: 0.0025 },
  driftedFeatures: { share: 1, limit: 0 },
  drifted: true,
  reasons: ['petal_length: PSI 1.21 is above 0.2'],
};
const waiting = aRun({ runId: 'r', modelVersion: version, review: {} });
const model = aModel({
  metrics: { accuracy: 0.9667, loss: 0.09 },
  championMetrics: { accuracy: 0.9 },
  changedPredictions: 0.125,
  lineage: { ...aModel({}).lineage, champion: 'old' },
});

test('what is asked is shown with all that a person needs to decide it', async () => {
  app = await startStandInApp({
    'GET runs/r': { body: waiting },
    [`GET models/iris/${version}`]: { body: model },
    'GET runs/r/documents/drift': { body: drift },
  });
  const { code, out } = await runCommand(['review', 'r', '--api', app.url]);
  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.replace(/ {2,}/g, '  ').trimEnd())).toEqual([
    `r waits for a person until 2026-03-04 10:17:40Z; then ${version} is rejected.`,
    '  petal_length: PSI 1.21 is above 0.2',
    '',
    'METRIC  THIS MODEL  CHAMPION old',
    'accuracy  0.9667  0.9',
    'loss  0.09',
    'The two predict 12.5 % of the held-out rows differently.',
    '',
    '  FEATURE  PSI  KS',
    '! petal_length  1.213 > 0.2  0.1 ≤ 0.2',
    '  species (label)',
    '90 rows against 150 of old; ! has drifted, > is beyond its limit.',
    '  sepal_width is no number any more.',
    '',
    `→ npx landfall --api ${app.url} review r --approve --comment "why"`,
    `→ npx landfall --api ${app.url} review r --reject --comment "why"`,
    '',
  ]);
  const { out: json } = await runCommand(['review', 'r', '--json', '--api', app.url]);
  expect(JSON.parse(json)).toEqual({ run: waiting, model, drift });
});

test('a run that asks nobody says what the gate says, and one that is decided who decided it', async () => {
  const passed = aRun({ runId: 'p', gate: { decision: 'pass', reasons: ['accuracy 0.97 is at least 0.9'] } });
  const review = {
    status: 'Approved',
    decidedBy: 'Ada\u001b[2J',
    decidedAt: '2026-03-01T11:00:00.000Z',
    comment: 'fine',
  } as const;
  app = await startStandInApp({
    'GET runs/p': { body: passed },
    'GET runs/p/documents/drift': problem(404, 'p has no drift.'),
    'GET runs/d': { body: aRun({ runId: 'd', review }) },
    [`GET models/iris/${version}`]: { body: model },
    'GET runs/d/documents/drift': problem(404, 'd has no drift.'),
  });
  const pass = await runCommand(['review', 'p', '--api', app.url]);
  expect(pass.out).toBe('p asks nobody: the gate says pass.\n    accuracy 0.97 is at least 0.9\n');
  const decided = await runCommand(['review', 'd', '--api', app.url]);
  expect(decided.out).toContain(`${version}: approved by Ada[2J at 2026-03-01 11:00:00Z: fine\n`);
  expect(decided.out).not.toContain('--approve');
});

test('a decision is sent with who made it and why, and its run is followed', async () => {
  const decided = { decidedBy: 'Ada', decidedAt: '2026-03-01T11:00:00.000Z' };
  const rejected = aRun({ runId: 'r', status: 'Rejected', finishedAt: '2026-03-01T11:00:01.000Z' });
  app = await startStandInApp({
    'POST runs/r/review': ({ body }) => {
      const status = (body as { decision: string }).decision === 'approved' ? 'Approved' : 'Rejected';
      return { status: 202, body: aReview({ status, ...decided }) };
    },
    'GET runs/r': { body: rejected },
  });
  const approve = ['review', 'r', '--approve', '--comment', 'a new instrument', '--by', 'Ada'];
  expect(await runCommand([...approve, '--api', app.url])).toMatchObject({
    code: 0,
    out: `${version}: approved by Ada at 2026-03-01 11:00:00Z\n`,
  });
  const asked = { decision: 'approved', comment: 'a new instrument', by: 'Ada' };
  expect(app.received[0]?.body).toEqual(asked);
  expect(await runCommand(['review', 'r', '--reject', '--follow', '--api', app.url])).toMatchObject({ code: 0 });
  expect(app.received[1]?.body).toEqual({ decision: 'rejected', by: userInfo().username });
});

test.each([
  [['--approve', '--reject'], /cannot be used with/],
  [['--comment', 'why'], /There is no decision.*\n {2}→ Add --approve or --reject/],
  [['--follow'], /There is no decision/],
])('%j is refused before it is sent', async (args, text) => {
  app = await startStandInApp({});
  const ended = await runCommand(['review', 'r', ...args, '--api', app.url]);
  expect(ended).toMatchObject({ code: 2, err: expect.stringMatching(text) as string });
  expect(app.received).toEqual([]);
});

test('a decision that comes too late is told', async () => {
  const late = problem(409, 'The review was superseded.', { review: aReview({ status: 'Superseded' }) });
  app = await startStandInApp({ 'POST runs/r/review': late });
  const ended = await runCommand(['review', 'r', '--approve', '--api', app.url]);
  expect(ended).toMatchObject({ code: 3, err: expect.stringMatching(/superseded\.\n {2}→ /) as string });
});
