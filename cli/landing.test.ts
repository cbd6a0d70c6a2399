import { expect, test } from 'vitest';
import type { Pipeline } from './api-types.ts';
import { chooseLanding, requireClaimed } from './landing.ts';

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
