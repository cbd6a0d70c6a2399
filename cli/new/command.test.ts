import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { loadPipelines } from '../../shared/load-pipelines.ts';
import { runCommand } from '../../tests/kit/command-line.ts';

const ROOT = join(import.meta.dirname, '../..');
const DATASETS = join(ROOT, 'tests/fixtures/datasets');

/** Forty rows: a number with gaps, a category, a yes-or-no, an id, a constant, and both kinds of targets. */
const row = (index: number) =>
  [
    index + 1,
    index % 7 === 3 ? 'NA' : index * 0.5,
    ['red', 'green'][index % 2],
    index % 3 === 0 ? 'yes' : 'no',
    'x',
  ].join();
const HEADER = 'id,size,colour,fresh,unit,kind,price';
const line = (index: number) => `${row(index)},${['a', 'b', 'c'][index % 3]},${index * 1.25}`;
const GOOD = [HEADER, ...Array.from({ length: 40 }, (_, index) => line(index)), ''].join('\n');

function folderWith(content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-new-'));
  writeFileSync(join(folder, 'data.csv'), content);
  return folder;
}

const make = (folder: string, ...args: string[]) =>
  runCommand(['new', 'things', '--from', 'data.csv', '--out', 'pipelines', ...args], { folder });

/** What the app makes of the pipelines in a folder. */
function loaded(folder: string) {
  return loadPipelines(join(folder, 'pipelines'));
}

describe('a pipeline', () => {
  test('has all its files, which the app takes, in the form of this repository', async () => {
    const folder = folderWith(GOOD);
    const told = await make(folder, '--target', 'kind');
    expect(told).toMatchObject({ code: 0, err: '' });
    const made = join(folder, 'pipelines/things');
    expect(readdirSync(made).sort()).toEqual([
      'model.py',
      'pipeline.yaml',
      'predictor.py',
      'process.py',
      'sample',
      'schema.py',
      'test_things.py',
      'train.py',
    ]);
    expect(loaded(folder).broken).toEqual([]);
    expect(loaded(folder).pipelines.get('things')).toMatchObject({ landing: { prefix: 'things/' } });
    expect(readFileSync(join(made, 'sample/things.csv'), 'utf8')).toBe(GOOD);
    const yaml = readFileSync(join(made, 'pipeline.yaml'), 'utf8');
    expect(yaml).toMatch(/quietPeriod: 2s # short, for trying it out/);
    expect(await check(yaml, { ...(await resolveConfig(join(ROOT, 'x.yaml'))), parser: 'yaml' })).toBe(true);
  });

  test('is told in a table, with what is left out and why', async () => {
    const { out } = await make(folderWith(GOOD), '--target', 'kind');
    expect(out).toContain('things: classification of kind (3 classes) by 4 columns, from 40 rows of data.csv');
    expect(out).toMatch(/size +number +6 \(15 %\) +0 to 19.5/);
    expect(out).toMatch(/colour +category +green 20, red 20/);
    expect(out).toMatch(/fresh +boolean/);
    expect(out).toMatch(/kind +target +a 14, b 13, c 13/);
    expect(out).toMatch(/id +left out +every row has another whole number: an id/);
    expect(out).toMatch(/unit +left out +it has the same value in every row/);
    expect(out).toContain('npx landfall drop data.csv --pipeline things --follow');
  });

  test('has its columns in schema.py', async () => {
    const folder = folderWith(GOOD);
    await make(folder, '--target', 'price');
    const schema = readFileSync(join(folder, 'pipelines/things/schema.py'), 'utf8');
    expect(schema).toContain('        Number("size", nullable=True),  # 0 to 19.5\n');
    expect(schema).toContain('        Boolean("fresh"),\n');
    expect(schema).toContain('        Category("kind"),  # a, b, c\n');
    expect(schema).toContain('        Number("price"),  # 0 to 48.75\n    ],\n    target="price",\n');
    expect(schema).toMatch(/ignored=\[\n {8}"id", {2}# .*\n {8}"unit",/);
    expect(schema).toContain('missing=["NA"]');
  });

  test.each([
    ['a text', 'kind', [], 'classification'],
    ['a number', 'price', [], 'regression'],
    ['a number that is to be classes', 'few', ['--task', 'classification'], 'classification'],
    ['whole numbers of few values', 'few', [], 'classification'],
    ['whole numbers of few values that are to be numbers', 'few', ['--task', 'regression'], 'regression'],
    ['yes and no', 'fresh', [], 'classification'],
  ])('with %s as its target is judged as it should be', async (_, target, args, task) => {
    const lines = GOOD.trimEnd().split('\n');
    const content = lines.map((text, index) => `${text},${index === 0 ? 'few' : index % 4}`).join('\n');
    const folder = folderWith(content);
    const { out } = await make(folder, '--json', '--target', target, ...args);
    expect(JSON.parse(out)).toMatchObject({ task, target, pipeline: 'things', written: true });
    const metrics = loaded(folder).pipelines.get('things')?.validate.metrics ?? {};
    expect(Object.keys(metrics)).toEqual(task === 'regression' ? ['r2', 'rmse'] : ['accuracy']);
    if (task === 'regression') expect(metrics.rmse).toMatchObject({ better: 'lower' });
  });

  test('of a data set with missing values and odd names keeps them as they are', async () => {
    const folder = folderWith(readFileSync(join(DATASETS, 'penguins.csv')));
    await make(folder, '--target', 'Species');
    const schema = readFileSync(join(folder, 'pipelines/things/schema.py'), 'utf8');
    expect(schema).toContain('Number("Beak Length (mm)", nullable=True),');
    expect(schema).toContain('missing=[".", "NA"]');
  });

  test('begins with checks as comments, which the app takes as well', async () => {
    const folder = folderWith(GOOD);
    await make(folder, '--target', 'price');
    const file = join(folder, 'pipelines/things/pipeline.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/^( *)# (checks:| {2}- )/gm, '$1$2'));
    expect(loaded(folder).broken).toEqual([]);
    expect(loaded(folder).pipelines.get('things')?.process.checks).toEqual([
      { column: 'size', min: 0, max: 30, onFailure: 'quarantineRows' },
      { column: 'colour', allowed: ['green', 'red'], onFailure: 'quarantineRows' },
      { column: 'kind', allowed: ['a', 'b', 'c'], onFailure: 'quarantineRows' },
      { column: 'price', min: 0, max: 74, onFailure: 'quarantineRows' },
      { rows: { min: 4 }, onFailure: 'quarantineBatch' },
    ]);
  });
});

describe('files as they come', () => {
  const same = async (content: string | Buffer) => {
    const { code, out, err } = await make(folderWith(content), '--json', '--target', 'kind');
    expect(err).toBe('');
    expect(code).toBe(0);
    return JSON.parse(out) as { columns: { name: string }[]; notes: string[]; rows: number };
  };

  test.each([
    ['a byte order mark', `\uFEFF${GOOD}`],
    ['Windows line ends', GOOD.replaceAll('\n', '\r\n')],
    ['no line end at the end', GOOD.trimEnd()],
    ['semicolons', GOOD.replaceAll(',', ';')],
    ['tabs', GOOD.replaceAll(',', '\t')],
    ['bars', GOOD.replaceAll(',', '|')],
    ['quotes around everything', GOOD.replaceAll(/[^,\n]+/g, '"$&"')],
    ['spaces around everything', GOOD.replaceAll(',', ' , ')],
  ])('%s make no difference', async (_, content) => {
    const { columns, rows } = await same(content);
    expect(columns.map(({ name }) => name)).toEqual(['size', 'colour', 'fresh', 'price']);
    expect(rows).toBe(40);
  });

  test('rows that no pipeline can read are told, and not kept', async () => {
    const folder = folderWith(`${GOOD}1,2,"red\nish",yes,x,a,3\n1,2\n1,2,red,yes,x,,3\n`);
    const { out } = await make(folder, '--target', 'kind');
    expect(out).toMatch(/Rows without a value of kind: 1 \(2\.33 %\)\. The process stage sets such aside/);
    expect(out).toMatch(/Rows with more or fewer cells than the header: 1 /);
    expect(out).toMatch(/Rows with a line break within quotes: 1 /);
    expect(readFileSync(join(folder, 'pipelines/things/sample/things.csv'), 'utf8')).not.toContain('ish');
  });

  test('of many unusable rows the pipeline allows as many', async () => {
    const unlabelled = Array.from({ length: 20 }, (_, index) => line(index).replace(/,[abc],/, ',,')).join('\n');
    const folder = folderWith(GOOD + unlabelled);
    await make(folder, '--target', 'kind');
    expect(loaded(folder).pipelines.get('things')?.process.parameters).toEqual({ maxBadFraction: 0.4 });
  });

  test('of a large file only the first rows are read, and it is told', async () => {
    const many = Array.from({ length: 30_000 }, (_, index) => line(index)).join('\n');
    const folder = folderWith(`${HEADER}\n${many}\n`);
    const { out } = await make(folder, '--target', 'kind');
    expect(out).toContain('Only the first 10,000 rows of data.csv were read (--rows N reads more).');
    expect(readFileSync(join(folder, 'pipelines/things/sample/things.csv'), 'utf8').split('\n')).toHaveLength(10_002);
  });
});

describe('where it goes', () => {
  test('a dry run tells the files and makes none', async () => {
    const folder = folderWith(GOOD);
    const { code, out } = await make(folder, '--target', 'kind', '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('○ would write pipelines/things/train.py');
    expect(existsSync(join(folder, 'pipelines'))).toBe(false);
  });

  test('what is there is kept, unless --force', async () => {
    const folder = folderWith(GOOD);
    await make(folder, '--target', 'kind');
    const again = await make(folder, '--target', 'price');
    expect(again).toMatchObject({
      code: 2,
      err: expect.stringMatching(/pipelines\/things is there already[\s\S]*--force/),
    });
    expect((await make(folder, '--target', 'price', '--force')).code).toBe(0);
    expect(readFileSync(join(folder, 'pipelines/things/schema.py'), 'utf8')).toContain('target="price"');
  });

  test('another pipeline’s landing folder is not taken', async () => {
    const folder = folderWith(GOOD);
    mkdirSync(join(folder, 'pipelines/other'), { recursive: true });
    writeFileSync(join(folder, 'pipelines/other/pipeline.yaml'), 'name: other\nlanding: { prefix: things/old/ }\n');
    const told = await make(folder, '--target', 'kind');
    expect(told).toMatchObject({
      code: 2,
      err: expect.stringMatching(/overlaps with things\/old\/ of pipeline other[\s\S]*--landing/),
    });
    expect((await make(folder, '--target', 'kind', '--landing', 'elsewhere')).code).toBe(0);
    expect(loaded(folder).pipelines.get('things')?.landing.prefix).toBe('elsewhere/');
  });
});

describe('what cannot be', () => {
  const edit = (from: string | RegExp, to: string) => GOOD.replace(from, to);
  const binary = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(100)]);
  test.each<[string, string | Buffer, string[], RegExp]>([
    ['no such column', GOOD, ['--target', 'kinds'], /no column kinds. It has: id, size.*\n.*--target "kind"/],
    ['nothing like a column', GOOD, ['--target', 'zzzzzzzz'], /no column zzzzzzzz.*\n.*Name one of these/],
    ['a target of one class', GOOD, ['--target', 'unit'], /unit is x in every row.*\n.*another --target/],
    ['a class of one row', edit(',a,', ',lone,'), ['--target', 'kind'], /only one row of lone.*\n.*two rows or more/],
    [
      'a number for a text',
      GOOD,
      ['--target', 'kind', '--task', 'regression'],
      /no numbers, such as a.*\n.*classification/,
    ],
    [
      'an unknown task',
      GOOD,
      ['--target', 'kind', '--task', 'magic'],
      /Allowed choices are classification, regression/,
    ],
    ['an empty file', '', ['--target', 'kind'], /data.csv is empty.*\n.*header/],
    ['a header alone', `${HEADER}\n`, ['--target', 'kind'], /no rows below the header/],
    ['too few rows', GOOD.split('\n').slice(0, 6).join('\n'), ['--target', 'kind'], /5 rows, too few/],
    [
      'no header',
      GOOD.split('\n')
        .slice(1)
        .join('\n')
        .replace(/[a-z]+/g, '1'),
      ['--target', 'kind'],
      /only numbers.*\n.*first line/,
    ],
    ['a column without a name', edit('id,', ','), ['--target', 'kind'], /column 1 has no name.*\n.*index=False/],
    ['a name twice', edit('size', 'COLOUR'), ['--target', 'kind'], /two columns are named colour.*\n.*Rename/],
    ['a name that is taken', edit('size', 'Row'), ['--target', 'kind'], /needs the name Row for itself.*\n.*Rename/],
    ['one column', 'kind\na\nb\n', ['--target', 'kind'], /only one column.*\n.*commas/],
    [
      'no feature',
      'id,kind\n1,a\n1,b\n'.concat('1,a\n1,b\n'.repeat(10)),
      ['--target', 'kind'],
      /no column to predict kind from \(id: it has the same/,
    ],
    ['a quote that does not close', `${GOOD}1,"2,red\n`, ['--target', 'kind'], /is no CSV.*\n.*quote/],
    ['what is no text', binary, ['--target', 'kind'], /is no text.*\n.*UTF-8/],
    ['UTF-16', Buffer.from(`\uFEFF${GOOD}`, 'utf16le'), ['--target', 'kind'], /UTF-16.*\n.*UTF-8/],
    [
      'Latin-1',
      Buffer.from(GOOD.replace('red', 'grün'), 'latin1'),
      ['--target', 'kind'],
      /another encoding than UTF-8/,
    ],
    [
      'a folder outside the landing zone',
      GOOD,
      ['--target', 'kind', '--landing', '../x'],
      /no folder of the landing zone/,
    ],
    ['no rows at all to look at', GOOD, ['--target', 'kind', '--rows', '0'], /number from 1 was expected/],
  ])('%s is refused with a cure', async (_, content, args, text) => {
    const folder = folderWith(content);
    const told = await make(folder, ...args);
    expect(told.err).toMatch(text);
    expect(told.code).toBe(2);
    expect(existsSync(join(folder, 'pipelines'))).toBe(false);
  });

  test.each([
    ['Wine_Quality', 'wine-quality'],
    ['a-name-that-is-far-too-long', 'a-name-that-is-far-t'],
    ['1st', 'st'],
    ['../up', 'up'],
  ])('the name %s is refused, and a good one proposed', async (name, proposal) => {
    const told = await runCommand(['new', name, '--from', 'data.csv', '--target', 'x'], { folder: folderWith(GOOD) });
    expect(told).toMatchObject({ code: 2, err: expect.stringContaining(`Take ${proposal}`) });
  });

  test('a file that is not there is told', async () => {
    const told = await runCommand(['new', 'x', '--from', 'none.csv', '--target', 'x'], { folder: folderWith(GOOD) });
    expect(told).toMatchObject({ code: 2, err: expect.stringMatching(/There is no file none.csv.*\n.*--from/) });
  });
});
