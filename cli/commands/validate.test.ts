import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../tests/kit/command-line.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Folders with these files. */
function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-cli-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const GOOD = 'name: a\nlanding:\n  prefix: a/\n';

test('the pipelines of this checkout are as the app takes them', async () => {
  const { code, out } = await runCommand(['validate'], { folder: join(ROOT, 'cli') });
  expect(code).toBe(0);
  expect(out).toContain('✔ ../workloads/pipelines/iris/pipeline.yaml');
  expect(out).toMatch(/\n\d+ files? as the app takes (it|them)\.\n$/);
});

test('no warning of the schema’s compiler reaches anybody', async () => {
  expect((await runCommand(['validate'], { folder: ROOT })).err).toBe('');
});

test.each<[what: string, yaml: string, problems: string[]]>([
  ['an unknown field', `${GOOD}colour: red\n`, ['4:1: colour: unknown field']],
  ['a missing field', 'name: a\n', ['1:1: landing is missing']],
  ['a field within', `${GOOD}  marker: 7\n`, ['4:3: landing.marker: expected string (Name of a file that']],
  [
    'a pattern',
    'name: A_B\nlanding:\n  prefix: a\n',
    ['1:1: name: "A_B" does not match', '3:3: landing.prefix: "a" does not match'],
  ],
  ['a number that is too small', `${GOOD}train:\n  workers: -1\n`, ['5:3: train.workers: must be >= 0']],
  [
    'a choice of types',
    `${GOOD}train:\n  resources: { cpu: [1] }\n`,
    ['5:16: train.resources.cpu: expected number or string'],
  ],
  [
    'a choice of values',
    `${GOOD}validate:\n  review: { onDeadline: wait }\n`,
    ['5:13: validate.review.onDeadline: expected one of reject, approve'],
  ],
  [
    'an entry of a list',
    `${GOOD}process:\n  checks:\n    - rows: { min: 10 }\n    - { column: x, mim: 1 }\n`,
    ['7:20: process.checks.1.mim: unknown field'],
  ],
  [
    'the name of a parameter',
    `${GOOD}train:\n  parameters:\n    learning-rate: 1\n`,
    ['6:5: train.parameters.learning-rate: is no name'],
  ],
  ['no mapping at all', 'just text\n', ['1:1: expected object']],
  ['nothing', '', ['1:1: expected object']],
  ['YAML that is none', 'name: [a\nlanding: }\n', ['']],
  ['a key twice', `${GOOD}name: b\n`, ['4:1: Map keys must be unique']],
  ['text that controls a terminal', `${GOOD}"\\e[31mred": 1\n`, ['4:1: [31mred: unknown field']],
  [
    'aliases without end',
    `a: &a [x, x]\nb: &b [${'*a,'.repeat(20)}]\nc: &c [${'*b,'.repeat(20)}]\nname: [${'*c,'.repeat(20)}]\n`,
    ['1:1: Excessive alias count'],
  ],
])('%s is told with its line', async (_, yaml, problems) => {
  const folder = folderOf({ 'pipeline.yaml': yaml });
  const { code, out } = await runCommand(['validate', '.'], { folder });
  expect(code).toBe(1);
  const told = out.split('\n').filter((line) => line.startsWith('✖ '));
  for (const problem of problems) expect(told.join('\n')).toContain(`✖ pipeline.yaml:${problem}`);
  expect(told.length, told.join('\n')).toBeGreaterThanOrEqual(problems.length);
  if (problems[0]) expect(told, told.join('\n')).toHaveLength(problems.length);
});

const CODE = ['process.py', 'model.py', 'train.py', 'predictor.py'];
/** A pipeline with its code, as files of its folder. */
const whole = (name: string, yaml: string): Record<string, string> => ({
  [`p/${name}/pipeline.yaml`]: yaml,
  ...Object.fromEntries(CODE.map((file): [string, string] => [`p/${name}/${file}`, ''])),
});

test.each<[what: string, files: Record<string, string>, problems: string[]]>([
  ['nothing', whole('a', GOOD), []],
  [
    'a day that never comes',
    whole('a', `${GOOD}schedule: { cron: '0 3 31 2 *' }\n`),
    ['p/a/pipeline.yaml:4:13: schedule.cron: "0 3 31 2 *" never comes: there is no such day'],
  ],
  [
    'a schedule of a source that is none',
    whole('a', `${GOOD}sources:\n  - { name: s, type: script, schedule: { cron: daily } }\n`),
    ['p/a/pipeline.yaml:5:42: sources.0.schedule.cron: expected five fields such as 0 3 * * *, not "daily"'],
  ],
  [
    'a folder that another pipeline claims',
    { ...whole('a', GOOD), ...whole('b', 'name: b\nlanding: { prefix: a/b/ }\n') },
    ['p/b/pipeline.yaml: landing.prefix: a/b/ overlaps with a/ of pipeline a'],
  ],
  [
    'limits that contradict each other',
    whole('a', `${GOOD}validate:\n  metrics: { accuracy: { min: 1, max: 0 } }\n`),
    ['p/a/pipeline.yaml:5:14: validate.metrics.accuracy: min is above max: no model could pass'],
  ],
  ['the name of another folder', whole('b', GOOD), ['p/b/pipeline.yaml: name: a must be the name of its folder, b']],
  [
    'code that is missing',
    { 'p/a/pipeline.yaml': GOOD },
    CODE.map((file) => `p/a/pipeline.yaml: the code file a/${file} is missing`),
  ],
])('the app has %s against a file', async (_, files, problems) => {
  const { code, out, err } = await runCommand(['validate', 'p'], { folder: folderOf(files) });
  const told = out.split('\n').filter((line) => line.startsWith('✖ '));
  expect({ code, err }).toEqual({ code: problems.length > 0 ? 1 : 0, err: '' });
  expect(told).toHaveLength(problems.length);
  for (const [index, problem] of problems.entries()) expect(told[index]).toContain(`✖ ${problem}`);
});

test('a pipeline is held against its neighbours, whether they are named or not', async () => {
  const folder = folderOf({ ...whole('a', GOOD), ...whole('b', 'name: b\nlanding: { prefix: a/ }\n') });
  expect((await runCommand(['validate', 'p/b'], { folder })).out).toContain('overlaps with a/ of pipeline a');
  expect((await runCommand(['validate', 'p/a'], { folder })).code).toBe(0);
});

test('many are checked at once, and a reader that is no person gets them all', async () => {
  const folder = folderOf({ ...whole('a', GOOD), 'p/b/pipeline.yaml': 'name: b\n', 'p/notes.txt': '' });
  const { code, out } = await runCommand(['validate', 'p', 'p/a', 'p/b/pipeline.yaml', '--json'], { folder });
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    valid: false,
    files: [
      { file: 'p/a/pipeline.yaml', problems: [] },
      { file: 'p/b/pipeline.yaml', problems: ['p/b/pipeline.yaml:1:1: landing is missing'] },
    ],
  });
});

test.each([
  [[], /no workloads\/pipelines here or above/],
  [['nowhere'], /no nowhere/],
  [['empty'], /no pipeline\.yaml/],
])('%j names nothing to check', async (named, text) => {
  const folder = folderOf({ 'empty/x/y.txt': '' });
  const ended = await runCommand(['validate', ...named], { folder });
  expect(ended).toMatchObject({ code: 2, err: expect.stringMatching(text) as string });
});
