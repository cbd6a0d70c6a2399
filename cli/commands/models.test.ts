import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { aModel } from '../../tests/kit/answers.ts';
import { runCommand } from '../../tests/kit/command-line.ts';
import { problem, startStandInApp, type StandInApp } from '../../tests/kit/stand-in-app.ts';

let app: StandInApp | undefined;
afterEach(() => app?.close());

const { version } = aModel({});
const { lineage, ...facts } = aModel({});
const listed = { ...facts, lineage: { batch: lineage.batch, files: 1 } };

test('versions are listed with what the aliases point to', async () => {
  const older = { ...listed, version: 'older', status: 'Rejected', metrics: { accuracy: 0.123456 } };
  app = await startStandInApp({
    'GET models/iris': { body: { aliases: { champion: version }, value: [listed, older], continuation: 'x' } },
    'GET models/new': { body: { aliases: {}, value: [] } },
  });
  const { out } = await runCommand(['models', 'iris', '--top', '2', '--api', app.url]);
  expect(out).toMatch(new RegExp(`${version} +Deployed +champion +2026-03-01 10:17:40Z +accuracy 0.97\n`));
  expect(out).toMatch(
    /older +Rejected +2026-03-01 10:17:40Z +accuracy 0\.1235\n… there are more: --top 10 or --all\n$/,
  );
  expect((await runCommand(['models', 'new', '--api', app.url])).out).toMatch(/no versions yet/);
});

test('one version is shown with what it comes from', async () => {
  const files = Array.from({ length: 5_000 }, (_, index) => ({
    path: `landing/iris/<b>\u0007${index}`,
    eTag: '0',
    size: 1_234_567,
  }));
  const promotion = { status: 'Failed', error: { reason: 'NotReady', message: 'No pod came up.' } } as const;
  app = await startStandInApp({
    [`GET models/iris/${version}`]: {
      body: aModel({ lineage: { ...lineage, files, baseVersion: 'base' }, promotion }),
    },
    [`GET models/iris/${version}/documents/golden`]: { body: { requests: [1], responses: [2], tolerance: 0.1 } },
  });
  const { out } = await runCommand(['models', 'iris', version, '--api', app.url]);
  expect(out).toMatch(/trained on +5,000 files\n {4}landing\/iris\/<b>0 {2}1\.23 MB\n/);
  expect(out).toContain('… and 4,990 files more: runs/iris/x/batch.json');
  expect(out).toMatch(/promotion +Failed: NotReady: No pod came up\./);
  expect(out).toMatch(/weights from +base/);
  const golden = await runCommand(['models', 'iris', version, '--document', 'golden', '--api', app.url]);
  expect(JSON.parse(golden.out)).toEqual({ requests: [1], responses: [2], tolerance: 0.1 });
});

const promoted = { status: 202, body: { pipeline: 'iris', version, statusUrl: 'https://x' } };

test('a promotion is followed to its end', async () => {
  const at = (promotion: object) => ({ body: { ...aModel({}), promotion } });
  const error = { reason: 'GoldenRequestDiffers', message: 'It answers otherwise.', hint: 'See GET /api/health.' };
  app = await startStandInApp({
    [`POST models/iris/${version}/promote`]: promoted,
    [`GET models/iris/${version}`]: [
      at({ status: 'Running', waitingFor: 'a pod' }),
      at({ status: 'Succeeded' }),
      at({ status: 'Failed', error }),
    ],
  });
  const good = await runCommand(['promote', 'iris', version, '--follow', '--api', app.url]);
  expect(good.code).toBe(0);
  expect(good.out).toMatch(/is on its way\.\n {2}… rollout {3}a pod\n✔ iris .* serves after/);
  const bad = await runCommand(['promote', 'iris', version, '--follow', '--api', app.url]);
  expect(bad.code).toBe(1);
  expect(bad.out).toMatch(/✖ Failed: GoldenRequestDiffers: It answers otherwise\.\n {2}→ See landfall doctor\./);
  expect(await runCommand(['promote', 'iris', version, '--api', app.url])).toMatchObject({
    code: 0,
    out: expect.stringContaining(`models iris ${version}`) as string,
  });
});

const answered = { body: { predictions: [{ label: 'setosa\u001b[2J' }, 7] }, headers: { 'x-model-version': 'v7' } };

test('a model is asked with what is given, in whatever way', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-cli-'));
  writeFileSync(join(folder, 'request.json'), '{"instances":[[3]],"parameters":{"k":1}}');
  app = await startStandInApp({ 'POST pipelines/iris/predict': answered });
  const ask = (args: string[], stdin?: string) =>
    runCommand(['predict', 'iris', ...args, '--api', app?.url ?? ''], {
      folder,
      ...(stdin !== undefined && { stdin }),
    });
  const { out } = await ask(['--instances', '[[1]]']);
  expect(out).toBe('version v7\n{"label":"setosa\\u001b[2J"}\n7\n');
  await ask([], '[[2]]');
  const { out: json } = await ask(['--file', 'request.json', '--json']);
  expect(JSON.parse(json)).toEqual({ version: 'v7', ...answered.body });
  expect(app.received.map(({ body }) => body)).toEqual([
    { instances: [[1]] },
    { instances: [[2]] },
    { instances: [[3]], parameters: { k: 1 } },
  ]);
});

test.each<[what: string, args: string[], stdin: string | undefined, text: RegExp]>([
  ['nothing', [], undefined, /nothing to ask/],
  ['an empty input', [], '', /no JSON/],
  ['what is no JSON', ['--instances', '[1'], undefined, /no JSON/],
  ['what is no list', ['--instances', '{"rows":[1]}'], undefined, /no list/],
  ['a file that is not there', ['--file', 'nothing.json'], undefined, /cannot be read: ENOENT/],
  ['two inputs', ['--file', 'x', '--instances', '[]'], undefined, /cannot be used with/],
])('%s is no request', async (_, args, stdin, text) => {
  app = await startStandInApp({});
  const ended = await runCommand(['predict', 'iris', ...args, '--api', app.url], {
    ...(stdin !== undefined && { stdin }),
  });
  expect(ended).toMatchObject({ code: 2, err: expect.stringMatching(text) as string });
  expect(app.received).toEqual([]);
});

test('a request that the model cannot take is told with what it said', async () => {
  app = await startStandInApp({
    'POST pipelines/iris/predict': problem(400, 'The model cannot take this: 4 numbers', { hint: 'See predictor.py.' }),
  });
  const ended = await runCommand(['predict', 'iris', '--instances', '[[1]]', '--api', app.url]);
  expect(ended).toMatchObject({ code: 2, err: '✖ The model cannot take this: 4 numbers\n  → See predictor.py.\n' });
});
