import { expect, test } from 'vitest';
import type { KubeObject } from './kube-object.ts';
import { listObjects } from './list.ts';
import { resourcesOf, type Resource } from './resources.ts';
import type { StatusError } from './status-error.ts';
import { Store } from './store.ts';

const configMaps = resourcesOf([]).find(({ kind }) => kind === 'ConfigMap') as Resource;
const object = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n' },
});

function storeOf(...names: string[]): Store {
  const store = new Store(':memory:');
  for (const name of names) store.put(configMaps.id, object(name));
  return store;
}

const list = (store: Store, query: string) => listObjects(store, configMaps, 'n', new URLSearchParams(query));
const namesOf = (document: unknown) => (document as { items: KubeObject[] }).items.map(({ metadata }) => metadata.name);
const continueOf = (document: unknown) => (document as { metadata: { continue: string } }).metadata.continue;

test('pages show the state at the first of them', () => {
  const store = storeOf('a', 'c', 'd');
  const first = list(store, 'limit=1');
  store.put(configMaps.id, object('b'));
  store.remove(configMaps.id, object('d'));
  expect(namesOf(first)).toEqual(['a']);
  expect(namesOf(list(store, `limit=5&continue=${continueOf(first)}`))).toEqual(['c', 'd']);
  expect(namesOf(list(store, ''))).toEqual(['a', 'b', 'c']);
});

test('a page whose state is forgotten answers 410 with a token that goes on from now', () => {
  const store = storeOf('a', 'c');
  const first = list(store, 'limit=1');
  store.put(configMaps.id, object('b'));
  store.put(configMaps.id, object('d'));
  store.compact();
  let expired: unknown;
  try {
    list(store, `continue=${continueOf(first)}`);
  } catch (error) {
    expired = error;
  }
  expect(expired).toMatchObject({ code: 410, reason: 'Expired' });
  const { metadata } = expired as StatusError;
  expect(namesOf(list(store, `continue=${String(metadata['continue'])}`))).toEqual(['b', 'c', 'd']);
});

test('changes are told in order, with what was there before', () => {
  const store = storeOf('a');
  const told: string[] = [];
  store.listen(({ type, object: { metadata }, previous }) =>
    told.push(`${type} ${metadata.name} ${previous !== undefined}`),
  );
  store.put(configMaps.id, object('a'));
  store.put(configMaps.id, object('b'));
  store.remove(configMaps.id, object('a'));
  expect(told).toEqual(['MODIFIED a true', 'ADDED b false', 'DELETED a true']);
  expect(store.since(store.revision - 1)).toHaveLength(1);
});
