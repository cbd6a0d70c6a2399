import { expect, test } from 'vitest';
import { hashOf, parseHash } from './hash.ts';

test.each([
  ['', [], {}],
  ['#/', [], {}],
  ['#/runs/iris-1/logs?stage=train&attempt=2', ['runs', 'iris-1', 'logs'], { stage: 'train', attempt: '2' }],
  ['#/models/a%2Fb', ['models', 'a/b'], {}],
  ['#/models/100%', ['models', '100%'], {}],
  ['#/arrivals?path=landing%2Firis%2Fa%3Fb.csv', ['arrivals'], { path: 'landing/iris/a?b.csv' }],
])('%s is %j with %j', (hash, segments, query) => expect(parseHash(hash)).toEqual({ segments, query }));

test.each([
  [['runs', 'a/b ?#%<i>'], {}],
  [['runs'], { pipeline: 'a&b', status: 'Failed' }],
])('the fragment of %j with %j leads back', (segments, query) => {
  expect(parseHash(hashOf(segments, query))).toEqual({ segments, query });
});

test('empty values leave no trace', () => {
  expect(hashOf(['runs'], { pipeline: '', status: undefined })).toBe('#/runs');
});
