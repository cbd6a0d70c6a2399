import { expect, test } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { resourcesOf, type Resource } from './resources.ts';
import { selectorOf } from './selectors.ts';

const pods = resourcesOf([]).find(({ kind }) => kind === 'Pod') as Resource;
const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'n', labels: { app: 'iris', 'example.com/tier': '' } },
  status: { phase: 'Running' },
};
const matches = (field: string, text: string) => selectorOf(pods, new URLSearchParams({ [field]: text }))(pod);

test.each([
  ['app=iris', true],
  ['app==iris,example.com/tier', true],
  ['app!=iris', false],
  ['other!=x', true],
  ['app in (iris, other)', true],
  ['app notin (iris)', false],
  ['!app', false],
  ['!other', true],
  ['example.com/tier=', true],
])('labels: %s', (text, expected) => {
  expect(matches('labelSelector', text)).toBe(expected);
});

test.each([
  ['status.phase=Running', true],
  ['metadata.name!=a', false],
  ['spec.nodeName=', true],
])('fields: %s', (text, expected) => {
  expect(matches('fieldSelector', text)).toBe(expected);
});

test.each([
  ['labelSelector', 'a in (', "found '', expected: ',', ')' or identifier"],
  ['labelSelector', 'a=b c', "found 'c', expected: ',' or 'end of string'"],
  ['fieldSelector', 'spec.image=x', 'field label not supported: spec.image'],
])('%s %s is refused', (field, text, message) => {
  expect(() => matches(field, text)).toThrow(message);
});
