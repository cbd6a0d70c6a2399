import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPipelines } from '../load-pipelines.ts';
import { parsePipeline } from '../parse-pipeline.ts';
import { landedName } from './landed-name.ts';
import { missingSetting, resolve } from './source.ts';

const head = `name: iris
landing: { prefix: iris/, pattern: '*.csv' }
sources:
`;

function problems(yaml: string): string[] {
  const parsed = parsePipeline(head + yaml, 'iris/pipeline.yaml');
  return 'problems' in parsed ? parsed.problems : [];
}

function source(yaml: string) {
  const parsed = parsePipeline(head + yaml, 'iris/pipeline.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const [first] = parsed.pipeline.sources;
  if (!first) throw new Error('there is no source');
  return first;
}

const https = (more: string) => `  - name: web
    type: https
    url: https://data.example/a.csv
    as: a.csv
${more}`;

describe('a source that is wrong is told with file, line and field', () => {
  test.each([
    ['a wrong cron', https('    schedule: { cron: hourly }'), /^iris\/pipeline.yaml:8:17: sources\.0\.schedule\.cron: expected five fields/],
    ['a time zone that is none', https('    schedule: { cron: 0 3 * * *, timeZone: Mars }'), /:8:.*schedule\.timeZone: there is no time zone Mars/],
    ['another name of the file than the pipeline claims', https('').replace('as: a.csv', 'as: a.txt'), /:7:5: sources\.0\.as: a-1-00000000\.txt would not match landing\.pattern \*\.csv/],
    ['a path for a name', https('').replace('as: a.csv', 'as: ../a.csv'), /sources\.0\.as: expected a plain file name/],
    ['a password in the address', https('').replace('//data', '//user:word@data'), /:6:5: sources\.0\.url: an address may hold no user and password: give them in a header/],
    ['a setting of the app itself', https('    headers: { authorization: { environment: LAKE_KEY } }'), /:8:.*headers\.authorization\.environment: expected the name of an app setting that begins with SOURCE_/],
    ['a header of two lines', https('    headers: { accept: "a\\r\\nhost: b" }'), /headers\.accept: expected a single line/],
    ['a file that no function could stream', https('    maxSize: 50Gi'), /maxSize: expected at most 5Gi: fetch what is larger in a collect\.py/],
    ['a download longer than a function may run', https('    timeout: 20m'), /timeout: expected at most 8m/],
    ['a kind that there is not', '  - { name: a, type: ftp }', /:4:.*sources\.0\.type: /],
    ['a name twice', `${https('')}${https('')}`, /sources\.1\.name: there is another source web/],
    ['a field that there is not', https('    method: POST'), /:8:5: sources\.0\.method: unknown field/],
  ])('%s', (_, yaml, expected) => expect(problems(yaml)).toEqual([expect.stringMatching(expected)])); // prettier-ignore
});

test('what is not said has its default', () => {
  expect(source(https(''))).toMatchObject({ headers: {}, maxSize: 1_073_741_824, timeout: 300_000 });
  expect(source('  - { name: c, type: container, url: "https://a.blob.core.windows.net/c/p" }')).toMatchObject({
    access: 'identity',
  });
  expect(source('  - { name: s, type: script }')).toMatchObject({ timeout: 3_600_000, retries: 1 });
});

test('a reference stands for its app setting, and one that is not set is named', () => {
  const web = source(https('').replace('https://data.example/a.csv', '{ environment: SOURCE_IRIS_URL }'));
  const settings: Record<string, string> = { SOURCE_IRIS_URL: 'https://x.example/' };
  expect(missingSetting(web, () => undefined)).toBe('SOURCE_IRIS_URL');
  expect(missingSetting(web, () => '')).toBe('SOURCE_IRIS_URL');
  expect(missingSetting(web, (name) => settings[name])).toBeUndefined();
  expect(resolve({ environment: 'SOURCE_IRIS_URL' }, (name) => settings[name])).toBe('https://x.example/');
  expect(resolve('plain', () => undefined)).toBe('plain');
});

test.each([
  ['flowers.csv', 'flowers-1-ab.csv'],
  ['flowers.csv.gz', 'flowers-1-ab.csv.gz'],
  ['flowers', 'flowers-1-ab'],
  ['ü 100%+.csv', 'ü 100%+-1-ab.csv'],
  [`${'𝛼'.repeat(400)}.csv`, `${'𝛼'.repeat(150)}-1-ab.csv`],
])('%s lands as %s', (name, landed) => expect(landedName(name, '1-ab')).toBe(landed));

test('the sources of docs/adding-a-pipeline.md are as they should be', () => {
  const text = readFileSync(new URL('../../docs/adding-a-pipeline.md', import.meta.url), 'utf8');
  const [, example = ''] = /```yaml\n(sources:[^`]*)```/.exec(text) ?? [];
  const parsed = parsePipeline(`${head.replace('sources:\n', '')}${example}`, 'docs');
  expect(parsed).toMatchObject({
    pipeline: { sources: [{ type: 'https' }, { type: 'container' }, { type: 'script' }] },
  });
});

test('a script without its collect.py is told, and takes no other pipeline down', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-scripts-'));
  for (const name of ['iris', 'other']) {
    mkdirSync(join(folder, name));
    for (const code of ['process', 'model', 'train', 'predictor']) writeFileSync(join(folder, name, `${code}.py`), '');
    writeFileSync(join(folder, name, 'pipeline.yaml'), `name: ${name}\nlanding: { prefix: ${name}/ }\n`);
  }
  writeFileSync(join(folder, 'iris', 'pipeline.yaml'), `${head}  - { name: s, type: script }\n`);
  const { pipelines, broken } = loadPipelines(folder);
  rmSync(folder, { recursive: true });
  expect([...pipelines.keys()]).toEqual(['other']);
  expect(broken).toEqual([
    { name: 'iris', problems: ['iris/pipeline.yaml: the code file iris/collect.py is missing'] },
  ]);
});
