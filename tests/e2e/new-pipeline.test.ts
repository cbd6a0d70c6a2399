import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstDifference } from '../../shared/golden.ts';
import type { Run } from '../../shared/run.ts';
import { ROOT, RunningPlatform } from '../kit/running-platform.ts';

const DATASETS = join(ROOT, 'tests/fixtures/datasets');
const PYTHON = process.env.LANDFALL_PYTHON ?? 'python3';
const INI = join(ROOT, 'pyproject.toml');

/** Runs a command at the root and answers what it printed; it must end well. */
async function run(command: string, ...args: string[]): Promise<string> {
  const child = spawn(command, args, { cwd: ROOT });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}\n${out}\n${err}`);
  return out;
}

const landfall = (...args: string[]) => run(process.execPath, 'cli/landfall.mjs', ...args);

function generate(out: string, name: string, from: string, target: string): Promise<string> {
  return landfall('new', name, '--from', from, '--target', target, '--out', out);
}

/** The generated Python as the linters of this repository have it. */
async function lint(folder: string): Promise<void> {
  await run(PYTHON, '-m', 'ruff', 'check', '--no-cache', '--config', INI, folder);
  await run(PYTHON, '-m', 'ruff', 'format', '--no-cache', '--check', '--config', INI, folder);
}

const datasets = [
  {
    name: 'penguins',
    file: join(DATASETS, 'penguins.csv'),
    target: 'Species',
    task: 'classification',
    metric: 'accuracy',
    least: 0.9,
    // Missing values and names with signs are part of it.
    instances: [
      ['Torgersen', 39.1, 18.7, 181, 3750, 'MALE'],
      {
        Sex: null,
        Island: 'Biscoe',
        'Beak Length (mm)': 47.5,
        'Beak Depth (mm)': null,
        'Flipper Length (mm)': 218,
        'Body Mass (g)': 4950,
      },
    ],
    wrong: [
      { instance: ['Atlantis', 39.1, 18.7, 181, 3750, 'MALE'], text: 'Island must be one of Biscoe, Dream, Torgersen' },
      { instance: ['Dream', '39.1', 18.7, 181, 3750, 'MALE'], text: 'Beak Length (mm) must be a number' },
    ],
  },
  {
    name: 'wages',
    file: join(DATASETS, 'cps-wages.csv'),
    target: 'wage',
    task: 'regression',
    metric: 'r2',
    least: 0.1,
    instances: [
      [8, 0, 'female', 21, 1, 35, 'hispanic', 'other', 'manufacturing', 0],
      [16, 0, 'male', 20, 0, 42, 'white', 'management', 'other', 1],
    ],
    wrong: [
      { instance: [8, 0, 'female', 21], text: 'must have 10 values (education, south' },
      {
        instance: [8.5, 0, 'female', 21, 1, 35, 'hispanic', 'other', 'manufacturing', 0],
        text: 'education must be a whole number',
      },
    ],
  },
] as const;

describe.each(datasets)('a pipeline made from $name', ({ name, file, target, task }) => {
  const out = mkdtempSync(join(tmpdir(), 'landfall-new-'));

  test('is clean to the linters, and its own tests pass', async () => {
    expect(await generate(out, name, file, target)).toContain(`${name}: ${task} of ${target}`);
    await lint(join(out, name));
    const told = await run(
      PYTHON,
      '-m',
      'pytest',
      '-q',
      '-c',
      INI,
      '--rootdir',
      out,
      '-p',
      'no:cacheprovider',
      join(out, name),
    );
    expect(told).toMatch(/\d+ passed/);
    expect(told).not.toMatch(/failed|skipped/);
  });
});

test('names and values with signs of any kind are clean to the linters too', async () => {
  const out = mkdtempSync(join(tmpdir(), 'landfall-new-'));
  const file = join(out, 'odd.csv');
  const header = ['größe "in" cm', "the farmer's", 'a\\b', 'naïve – dash', 'Ñandú', '列', 'tab\there', 'цвет', 'kind'];
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const values = (index: number) => [index, "it's", 'x"y', '×', `é${index % 2}`, '值', index % 3, 'синий'];
  const other = (index: number) => [index, 'no', 'z', '÷', `è${index % 2}`, '無', index % 3, 'red'];
  const rows = Array.from({ length: 30 }, (_, index) => [
    ...(index % 2 ? values(index) : other(index)),
    `k${index % 2}`,
  ]);
  writeFileSync(file, [header, ...rows].map((row) => row.map((one) => cell(String(one))).join(',')).join('\n'));
  await generate(out, 'odd', file, 'kind');
  await lint(join(out, 'odd'));
  await run(
    join(ROOT, 'node_modules/.bin/prettier'),
    '--config',
    '.prettierrc.json',
    '--check',
    join(out, 'odd/pipeline.yaml'),
  );
});

describe('on a platform that runs', () => {
  const platform = new RunningPlatform(19_800);
  beforeAll(() => platform.start());
  afterAll(() => platform.remove());

  const predict = (name: string, instances: readonly unknown[]) =>
    platform.call('POST', `pipelines/${name}/predict`, { instances });
  const drop = async (name: string, file: string, content: string, when?: (run: Run) => boolean) => {
    const known = (await platform.runs()).map(({ runId }) => runId);
    await platform.drop(`${name}/${file}`, content);
    return platform.nextRun(known, when);
  };

  /** What a version's saved weights answer, computed by PyTorch alone. */
  const answerFromWeights = async (name: string, version: string, instances: readonly unknown[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'landfall-weights-'));
    mkdirSync(folder, { recursive: true });
    const models = platform.lake.getFileSystemClient('models');
    for (const file of ['model.json', 'weights.pt'])
      writeFileSync(join(folder, file), await models.getFileClient(`${name}/${version}/${file}`).readToBuffer());
    const script = join(ROOT, 'tests/kit/answer_table_from_weights.py');
    const done = spawnSync(PYTHON, [script, folder], { input: JSON.stringify({ instances }), encoding: 'utf8' });
    if (done.status !== 0) throw new Error(done.stderr);
    return JSON.parse(done.stdout) as unknown[];
  };

  test.each(datasets)(
    '$name is picked up live, trains on its sample, and serves what its weights answer',
    async ({ name, file, target, metric, least, instances }) => {
      await generate(platform.pipelines, name, file, target);
      const state = ['--state', join(platform.state, 'state')];
      const told = await landfall(...state, 'drop', file, '--pipeline', name, '--follow');
      expect(told).toMatch(/serves/);
      const [run] = await platform.runs();
      expect(run).toMatchObject({ status: 'Succeeded', pipeline: name, gate: { decision: 'pass' } });
      expect(run?.metrics?.[metric]).toBeGreaterThanOrEqual(least);
      const answer = await predict(name, instances);
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.headers.get('x-model-version')).toBe(run?.modelVersion);
      const expected = await answerFromWeights(name, run?.modelVersion ?? '', instances);
      const { predictions } = answer.body as unknown as { predictions: unknown[] };
      expect(firstDifference(expected, predictions, 1e-3)).toBeUndefined();
      const asked = await landfall(...state, 'predict', name, '--instances', JSON.stringify(instances));
      expect(asked).toContain(`version ${run?.modelVersion}`);
    },
  );

  test.each(datasets.flatMap(({ name, wrong }) => wrong.map((one) => ({ name, ...one }))))(
    '$name refuses what it cannot read: $text',
    async ({ name, instance, text }) => {
      const answer = await predict(name, [instance]);
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).toContain(text);
    },
  );

  test('the same data again is no drift, and its champion is measured on the same rows', async () => {
    const run = await drop('wages', 'second.csv', readFileSync(datasets[1].file, 'utf8'));
    expect(run).toMatchObject({ status: 'Succeeded', gate: { decision: 'pass' } });
    const { body } = await platform.call('GET', `models/wages/${run.modelVersion}`);
    const { championMetrics, metrics } = body as unknown as Record<string, Record<string, number>>;
    expect(championMetrics?.rmse).toBeCloseTo(metrics?.rmse ?? -1, 5);
  });

  test('drifted data asks a person, while the champion keeps serving', async () => {
    const [header, ...rows] = readFileSync(datasets[1].file, 'utf8').trimEnd().split('\n');
    const column = (header ?? '').split(',').indexOf('experience');
    const older = rows.map((row) =>
      row
        .split(',')
        .map((cell, index) => (index === column ? String(Number(cell) + 25) : cell))
        .join(','),
    );
    const serving = (await predict('wages', datasets[1].instances)).headers.get('x-model-version');
    const run = await drop('wages', 'older.csv', [header, ...older, ''].join('\n'), ({ review, finishedAt }) =>
      Boolean(review?.status === 'Waiting' || finishedAt),
    );
    expect(run).toMatchObject({ status: 'Running', stage: 'review', gate: { decision: 'review' } });
    expect(run.gate?.reasons.join('; ')).toMatch(/experience: PSI/);
    expect((await predict('wages', datasets[1].instances)).headers.get('x-model-version')).toBe(serving);
  });

  test('a row that does not fit its schema is set aside, and told', async () => {
    const [header, ...rows] = readFileSync(datasets[0].file, 'utf8').trimEnd().split('\n');
    const broken = [header, ...rows, 'Adelie,Dream,wide,18.7,181,3750,MALE', ''].join('\n');
    const run = await drop('penguins', 'broken.csv', broken);
    expect(run).toMatchObject({ status: 'Succeeded' });
    expect(run.stages.find(({ name }) => name === 'process')?.detail).toContain('1 quarantined');
  });
});
