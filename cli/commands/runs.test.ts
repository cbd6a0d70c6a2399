import { afterEach, expect, test } from 'vitest';
import { runCommand } from '../../tests/kit/command-line.ts';
import { startStandInApp, type Received, type StandInApp } from '../../tests/kit/stand-in-app.ts';
import { aRun, aModel } from '../../tests/kit/answers.ts';

let app: StandInApp | undefined;
afterEach(() => app?.close());

const idOf = (number: number) => `iris-20260301-${String(number).padStart(6, '0')}-3fa9c1`;

/** Pages of 10,000 runs, as the app cuts them. */
function pages({ query }: Received) {
  const top = Number(query.get('top'));
  const from = Number(query.get('continuation') ?? 0);
  const to = Math.min(10_000, from + top);
  const value = Array.from({ length: to - from }, (_, index) => aRun({ runId: idOf(from + index) }));
  return { body: { value, ...(to < 10_000 && { continuation: String(to) }) } };
}

test('of 10,000 runs the newest are listed, and all of them when they are asked for', async () => {
  app = await startStandInApp({ 'GET runs': pages });
  const some = await runCommand(['runs', '--api', app.url]);
  expect(some.out.match(/iris-2026/g)).toHaveLength(20);
  expect(some.out).toContain('there are more');
  const more = await runCommand(['runs', '--top', '700', '--json', '--api', app.url]);
  expect((JSON.parse(more.out) as { value: unknown[] }).value).toHaveLength(700);
  const all = await runCommand(['runs', '--all', '--api', app.url]);
  expect(all.out.match(/iris-2026/g)).toHaveLength(10_000);
  expect(app.received.every(({ query }) => Number(query.get('top')) <= 500)).toBe(true);
});

test('a table shows where each run stands, and names cannot draw their own lines', async () => {
  const failed = aRun({
    runId: 'b',
    status: 'Failed',
    stage: 'train',
    finishedAt: '2026-03-01T10:16:04.000Z',
    error: { stage: 'train', reason: 'OOMKilled', message: 'Too much.' },
  });
  const odd = aRun({ runId: 'evil\nRUN  STATUS\u001b[31m\u009b2J', pipeline: 'x' });
  app = await startStandInApp({ 'GET runs': { body: { value: [failed, odd] } } });
  const { out } = await runCommand(['runs', '--pipeline', 'iris', '--status', 'Failed', '--api', app.url]);
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^b +Failed +in train +2026-03-01 10:15:02Z +1 min 2 s/);
  expect(lines[2]).toMatch(/^evil RUN {2}STATUS\[31m2J/);
  expect(Object.fromEntries(app.received[0]?.query ?? [])).toEqual({ pipeline: 'iris', status: 'Failed', top: '20' });
  const { out: json } = await runCommand(['runs', '--json', '--api', app.url]);
  // eslint-disable-next-line no-control-regex
  expect(json).not.toMatch(/[\u001b\u009b]/);
  expect(JSON.parse(json)).toEqual({ value: [failed, odd] });
});

test('all runs are followed at once: one that waits for a review holds up no other', async () => {
  const old = aRun({ runId: 'old', status: 'Succeeded', finishedAt: '2026-03-01T09:00:00.000Z' });
  const before = aRun({ runId: 'before' });
  const asked = aRun({ runId: 'asked', review: { status: 'Waiting' } });
  const next = aRun({ runId: 'next' });
  const done = aRun({ runId: 'next', isServing: true });
  const back = aRun({ runId: 'asked', isServing: true });
  app = await startStandInApp({
    'GET runs': [
      { body: { value: [before, old] } },
      { body: { value: [asked, before, old] } },
      { body: { value: [next, asked, before, old] } },
      { body: { value: [done, asked, before, old] } },
      { body: { value: [done, back, before, old] } },
    ],
    [`GET models/iris/${done.modelVersion}/documents/golden`]: {
      body: { requests: [{ instances: [[1]] }], responses: [1], tolerance: 0.1 },
    },
    'POST pipelines/iris/predict': { body: { predictions: ['setosa'] }, headers: { 'x-model-version': 'v1' } },
  });
  const stopping = new AbortController();
  let out = '';
  const running = runCommand(['runs', '--follow', '--api', app.url], {
    signal: stopping.signal,
    onOutput: (text) => {
      out += text;
      if (out.match(/serves after/g)?.length === 2 && out.match(/Ask it yourself/g)?.length === 2) stopping.abort();
    },
  });
  expect((await running).code).toBe(130);
  expect(out).not.toContain('old');
  const places = [
    'Run before is under way',
    'Run asked',
    'review asked --approve',
    'Run next',
    'iris',
    'Run asked',
  ].map((text, index, all) => out.indexOf(text, index === all.length - 1 ? out.indexOf('serves after') : 0));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test('what is followed is told as JSON lines', async () => {
  const version = aModel({}).version;
  const run = aRun({ runId: 'a', modelVersion: version, isServing: true });
  app = await startStandInApp({
    'GET runs/a': [{ body: aRun({ runId: 'a' }) }, { body: aRun({ runId: 'a' }) }, { body: run }],
    [`GET models/iris/${version}/documents/golden`]: {
      body: { requests: [{ instances: [1] }], responses: [1], tolerance: 0.1 },
    },
    'POST pipelines/iris/predict': { body: { predictions: ['x'] }, headers: { 'x-model-version': version } },
  });
  const { code, out } = await runCommand(['run', 'a', '-f', '--json', '--api', app.url]);
  expect(code).toBe(0);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual([
    aRun({ runId: 'a' }),
    run,
    { prediction: { version, request: { instances: [1] }, answer: { predictions: ['x'] } } },
  ]);
});
