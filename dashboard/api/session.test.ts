import { expect, test, vi } from 'vitest';
import { createKeyRing, keyInFragment } from './session.ts';

function store() {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  };
}

test('a key is kept for the tab, and listeners hear of it', () => {
  const kept = store();
  const ring = createKeyRing(kept);
  const listener = vi.fn();
  const stop = ring.subscribe(listener);
  ring.keep('one');
  expect(createKeyRing(kept).current()).toEqual({ key: 'one', refused: false });
  stop();
  ring.forget();
  expect(listener).toHaveBeenCalledTimes(1);
  expect(kept.values.size).toBe(0);
});

test('a refused key is put away, but not one that has replaced it', () => {
  const ring = createKeyRing(store());
  ring.keep('new');
  ring.refuse('old');
  expect(ring.current().key).toBe('new');
  ring.refuse('new');
  expect(ring.current()).toEqual({ key: undefined, refused: true });
  ring.refuse(undefined);
  expect(ring.current().refused).toBe(true);
});

test.each([
  ['#key=abc', 'abc'],
  ['#key=a%2Bb%3D%3D', 'a+b=='],
  ['#key=', undefined],
  ['#/runs?key=abc', undefined],
  ['', undefined],
])('the fragment %j has the key %j', (hash, key) => expect(keyInFragment(hash)).toBe(key));
