import { expect, test } from 'vitest';
import type { Pipeline } from '../connect/api-types.ts';
import { glob } from '../../shared/glob.ts';
import { fits } from './glob.ts';
import { chooseLanding, requireClaimed, requireFit } from './landing.ts';

const pipeline = (name: string, more: Partial<Pipeline> = {}): Pipeline => ({
  name,
  description: '',
  enabled: true,
  landing: `landing/${name}/`,
  ...more,
});
const iris = pipeline('iris');
const taxi = pipeline('taxi', { landing: 'landing/trips/taxi/' });
const broken: Pipeline = { name: 'broken', description: '', enabled: true, error: 'broken/pipeline.yaml:1:1: no' };

test.each([
  [[iris, broken], {}, { pipeline: 'iris', folder: 'landing/iris/' }],
  [[iris, taxi], { pipeline: 'taxi' }, { pipeline: 'taxi', folder: 'landing/trips/taxi/' }],
  [[iris, taxi], { to: 'trips/taxi/2026' }, { pipeline: 'taxi', folder: 'landing/trips/taxi/2026/' }],
  [[iris, taxi], { to: '/landing/iris/', pipeline: 'iris' }, { pipeline: 'iris', folder: 'landing/iris/' }],
])('of %j with %j files go to %j', (pipelines, wanted, landing) => {
  expect(chooseLanding(pipelines, wanted)).toEqual(landing);
});

test.each<[Pipeline[], { pipeline?: string; to?: string }, string, RegExp]>([
  [[iris, taxi], {}, 'There are several pipelines.', /--pipeline: iris \(landing\/iris\/\), taxi/],
  [[broken], {}, 'There is no pipeline that takes files.', /landfall pipelines/],
  [[iris], { pipeline: 'nothing' }, 'There is no pipeline nothing.', /Pipelines: iris/],
  [[iris, broken], { pipeline: 'broken' }, 'Pipeline broken is broken: broken/pipeline.yaml:1:1: no', /Correct/],
  [[pipeline('off', { enabled: false })], { pipeline: 'off' }, 'Pipeline off is disabled', /pipeline\.yaml/],
  [[iris], { to: 'elsewhere/' }, 'No pipeline claims landing/elsewhere/.', /iris/],
  [[iris, taxi], { to: 'iris/', pipeline: 'taxi' }, 'taxi does not claim landing/iris/.', /iris/],
  [[iris], { to: 'iris/../x' }, 'iris/../x leads out of its folder.', /landing\/iris/],
])('of %j with %j there is no place', (pipelines, wanted, message, cure) => {
  expect(() => chooseLanding(pipelines, wanted)).toThrow(
    expect.objectContaining({ message, cure: expect.stringMatching(cure) as string }) as Error,
  );
});

test('names of files in the making are refused, but for a marker', () => {
  expect(requireClaimed('/x/ä %41.csv', false)).toBe('ä %41.csv');
  expect(() => requireClaimed('/x/_SUCCESS', false)).toThrow('left alone');
  expect(() => requireClaimed('.hidden', false)).toThrow('left alone');
  expect(requireClaimed('/x/_SUCCESS', true)).toBe('_SUCCESS');
});

test.each<
  [name: string, isMarker: boolean, landing: { pattern?: string; marker?: string }, message: string | undefined]
>([
  ['a.csv', false, { pattern: '*.csv' }, undefined],
  ['a.txt', false, { pattern: '*.csv' }, 'iris would leave a.txt alone: the files that it takes are named *.csv.'],
  ['_DONE', true, { pattern: '*.csv', marker: '_DONE' }, undefined],
  ['done.txt', false, { pattern: '*.csv', marker: 'done.txt' }, undefined],
  ['_END', true, { pattern: '*.csv', marker: '_DONE' }, '_END is not the marker of iris: that is _DONE.'],
  ['_END', true, { pattern: '*.csv' }, 'iris knows no marker.'],
  ['of an older app', false, {}, undefined],
  ['_OF_AN_OLDER_APP', true, {}, undefined],
])('a file %s (a marker: %s) for %j', (name, isMarker, more, message) => {
  const ask = () => requireFit({ pipeline: 'iris', folder: 'landing/iris/', ...more }, name, isMarker);
  if (message === undefined) expect(ask).not.toThrow();
  else expect(ask).toThrow(expect.objectContaining({ message, exitCode: 2 }) as Error);
});

test('a pattern means here what it means to the app', () => {
  const patterns = ['*', '*.csv', 'a?.csv', 'a.b+c', '[a]', '(x|y)', '\\d', '^a$', 'ä-*', '{1}', 'a/b', '?'];
  const names = [
    'a.csv',
    'ab.csv',
    'aXb+c',
    'a.b+c',
    '[a]',
    'a',
    'x',
    '\\d',
    '1',
    '^a$',
    'ä-😀',
    '{1}',
    'a/b',
    '😀',
    'a\nb',
  ];
  for (const pattern of patterns)
    for (const name of names)
      expect([pattern, name, fits(name, pattern)]).toEqual([pattern, name, glob(pattern).test(name)]);
});
