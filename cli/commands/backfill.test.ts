import { afterEach, expect, test } from 'vitest';
import { runCommand } from '../../tests/kit/command-line.ts';
import { problem, startStandInApp, type StandInApp } from '../../tests/kit/stand-in-app.ts';

let app: StandInApp | undefined;
afterEach(() => app?.close());

const DAYS = ['2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z'];
const [from = '', middle = '', to = ''] = DAYS;
const parts = [
  { from, to: middle, files: 3, bytes: 4_000 },
  { from: middle, to, files: 1, bytes: 500 },
];
const aBackfill = (status: string, first: string, second: string, finishedAt?: string) => ({
  backfillId: 'b1',
  pipeline: 'iris',
  status,
  from,
  to,
  partition: 'day',
  parallel: 2,
  prefix: 'landing/iris/',
  partitions: [
    { ...parts[0], status: first, runId: 'r1' },
    { ...parts[1], status: second },
  ],
  startedAt: from,
  ...(finishedAt && { finishedAt }),
});
const span = ['--from', '2026-03-01', '--to', '2026-03-02'];

test('what would run is listed without anything being run', async () => {
  app = await startStandInApp({ 'POST pipelines/iris/backfill': { body: { partitions: parts } } });
  const { code, out } = await runCommand(['backfill', 'iris', ...span, '--dry-run', '--api', app.url]);
  expect(code).toBe(0);
  expect(out).toMatch(/2026-03-01 00:00:00Z +2026-03-02 00:00:00Z +3 +4 kB\n/);
  expect(out).toMatch(/2 runs over 4 files\n$/);
  expect(app.received[0]?.body).toEqual({ from: '2026-03-01', to: '2026-03-02', dryRun: true });
});

test('a backfill is followed part by part, and a run that fails makes it fail', async () => {
  const started = {
    backfillId: 'b1',
    statusUrl: 'https://x',
    partitions: aBackfill('Running', 'Pending', 'Pending').partitions,
  };
  app = await startStandInApp({
    'POST pipelines/iris/backfill': { status: 202, body: started, headers: { location: 'https://x' } },
    'GET backfills/b1': [
      { body: aBackfill('Running', 'Running', 'Pending') },
      { body: aBackfill('Running', 'Succeeded', 'Running') },
      { body: aBackfill('Failed', 'Succeeded', 'Failed', to) },
    ],
  });
  const options = ['--partition', 'day', '--parallel', '2', '--prefix', 'iris/{yyyy}/', '--no-cache', '--follow'];
  const { code, out } = await runCommand(['backfill', 'iris', ...span, ...options, '--api', app.url]);
  expect(code).toBe(1);
  expect(app.received[0]?.body).toMatchObject({
    partition: 'day',
    parallel: 2,
    prefix: 'landing/iris/{yyyy}/',
    noCache: true,
  });
  expect(out.match(/✔ 2026-03-01 00:00:00Z {2}Succeeded {2}r1/g)).toHaveLength(1);
  expect(out.match(/✖ 2026-03-02 00:00:00Z {2}Failed/g)).toHaveLength(1);
  expect(out).toMatch(/parts +2 of 2, 1 not well\n/);
});

test('a backfill says which review it waits for', async () => {
  const waiting = { ...aBackfill('Running', 'Running', 'Pending'), waitingFor: 'the review of r1' };
  app = await startStandInApp({ 'GET backfills/b1': { body: waiting } });
  const { out } = await runCommand(['backfills', '--show', 'b1', '--api', app.url]);
  expect(out).toMatch(/waits for +the review of r1\n/);
});

test('backfills are listed over all pipelines that work, shown, paused, resumed and cancelled', async () => {
  const running = aBackfill('Running', 'Running', 'Pending');
  const pipeline = { description: '', enabled: true };
  app = await startStandInApp({
    'GET pipelines': {
      body: {
        value: [
          { ...pipeline, name: 'bad', error: 'x' },
          { ...pipeline, name: 'iris' },
        ],
      },
    },
    'GET pipelines/iris/backfills': { body: { value: [running] } },
    'GET backfills/b1': { body: running },
    'POST backfills/b1/pause': { status: 202, body: aBackfill('Paused', 'Running', 'Pending') },
    'POST backfills/b1/resume': { status: 202, body: running },
    'POST backfills/b1/cancel': problem(409, 'It is over.'),
  });
  const { url } = app;
  const tell = async (...args: string[]) => runCommand(['backfills', ...args, '--api', url]);
  expect((await tell()).out).toMatch(/b1 +iris +Running +2026-03-01 .* – 2026-03-03 .*Z +0 of 2/);
  expect(JSON.parse((await tell('iris', '--json')).out)).toEqual({ value: [running] });
  expect((await tell('--show', 'b1')).out).toMatch(/of +2026-03-01 .*, by the day, 2 runs at a time\n/);
  expect((await tell('--pause', 'b1')).out).toMatch(/^b1 {2}Paused\n/);
  expect((await tell('--resume', 'b1')).out).toMatch(/^b1 {2}Running\n/);
  expect((await tell('--cancel', 'b1')).code).toBe(3);
  expect((await tell('iris', '--show', 'b1')).code).toBe(2);
  expect((await tell('--show', 'b1', '--pause', 'b1')).code).toBe(2);
});

test.each([
  [['--from', '2026-03-01'], /--to <date>' not specified/],
  [[...span, '--parallel', '0'], /whole number from 1/],
  [[...span, '--partition', 'year'], /Allowed choices are hour, day, week, month/],
])('%j is refused before it is sent', async (args, text) => {
  app = await startStandInApp({});
  const ended = await runCommand(['backfill', 'iris', ...args, '--api', app.url]);
  expect(ended).toMatchObject({ code: 2, err: expect.stringMatching(text) as string });
  expect(app.received).toEqual([]);
});
