import { describe, expect, test } from 'vitest';
import { parsePipeline } from './parse-pipeline.ts';
import { claims, type Pipeline } from './pipeline.ts';

const minimal = 'name: iris\nlanding:\n  prefix: iris/\n';
const problems = (text: string) => {
  const parsed = parsePipeline(text, 'iris/pipeline.yaml');
  return 'problems' in parsed ? parsed.problems : [];
};
const pipeline = (text: string): Pipeline => {
  const parsed = parsePipeline(text, 'iris/pipeline.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.pipeline;
};

test('a name and a prefix are enough; the rest has defaults, durations in milliseconds', () => {
  const parsed = pipeline(minimal);
  expect(parsed.landing).toMatchObject({ pattern: '*', quietPeriod: 30_000, maxFiles: 10_000 });
  expect(parsed.train).toMatchObject({
    workers: 1,
    timeout: 8 * 3_600_000,
    resources: { cpu: '1', memory: '2Gi', gpus: 0 },
  });
});

describe('problems name file, line, column and field', () => {
  test.each([
    [
      'aliases without end',
      `a: &a [x, x]\nb: &b [${'*a,'.repeat(20)}]\nc: &c [${'*b,'.repeat(20)}]\nname: [${'*c,'.repeat(20)}]\n`,
      'iris/pipeline.yaml:1:1: Excessive alias count indicates a resource exhaustion attack',
    ],
    ['an unknown field', `${minimal}  colour: red\n`, 'iris/pipeline.yaml:4:3: landing.colour: unknown field'],
    [
      'a bad duration',
      `${minimal}  quietPeriod: soon\n`,
      'iris/pipeline.yaml:4:3: landing.quietPeriod: expected a duration such as 500ms, 2s, 5m or 2h',
    ],
    [
      'a missing prefix',
      'name: iris\nlanding: {}\n',
      'iris/pipeline.yaml:2:1: landing.prefix: Invalid input: expected string, received undefined',
    ],
    [
      'a bad name',
      'name: Iris!\nlanding:\n  prefix: iris/\n',
      'iris/pipeline.yaml:1:1: name: expected lower-case letters, digits and hyphens, starting with a letter',
    ],
    [
      'a prefix without slash',
      'name: iris\nlanding:\n  prefix: iris\n',
      'iris/pipeline.yaml:3:3: landing.prefix: expected a folder of the landing file system that ends with a slash, such as iris/',
    ],
  ])('%s', (_, text, expected) => expect(problems(text)).toContain(expected));

  test('text that is no YAML', () => expect(problems('name: [')[0]).toMatch(/^iris\/pipeline\.yaml:\d+:\d+: /));
  test('an empty file', () => expect(problems('')).not.toEqual([]));
  test('every problem is listed, not only the first', () =>
    expect(problems('name: X!\nlanding: {prefix: 1}\ntrain: {workers: -1}\n')).toHaveLength(3));
});

describe('a landing path', () => {
  const marked = pipeline(`${minimal}  pattern: "*.csv"\n  marker: _DONE\n`);
  test.each([
    ['iris/a.csv', 'file'],
    ['iris/2026/b (1).csv', 'file'],
    ['iris/_DONE', 'marker'],
    ['iris/a.parquet', undefined],
    ['iris/.a.csv', undefined],
    ['iris/_a.csv', undefined],
    ['irises/a.csv', undefined],
  ] as const)('%s is %s', (path, expected) => expect(claims(marked, path)).toBe(expected));
});
