import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPipelines } from './load-pipelines.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'landfall-pipelines-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function add(name: string, prefix: string, { yaml = '', without = '' } = {}): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'pipeline.yaml'), `name: ${name}\nlanding:\n  prefix: ${prefix}\n${yaml}`);
  for (const code of ['process.py', 'model.py', 'train.py', 'predictor.py'])
    if (code !== without) writeFileSync(join(folder, name, code), '');
}
function loaded(): Record<string, string[]> {
  const { pipelines, broken } = loadPipelines(folder);
  return {
    ...Object.fromEntries([...pipelines.keys()].map((name) => [name, []])),
    ...Object.fromEntries(broken.map(({ name, problems }) => [name, problems])),
  };
}

describe('of two pipelines whose landing folders overlap', () => {
  test.each([
    ['the same', 'x/', 'x/'],
    ['the one below the other', 'x/', 'x/y/'],
    ['the other below the one', 'x/y/', 'x/'],
  ])('the later by name is refused: %s', (_, first, second) => {
    add('a', first);
    add('b', second);
    expect(loaded()).toEqual({
      a: [],
      b: [`b/pipeline.yaml: landing.prefix: ${second} overlaps with ${first} of pipeline a`],
    });
  });

  test('none is refused where they only begin alike', () => {
    add('a', 'iris/');
    add('b', 'iris-two/');
    add('c', 'more/iris/');
    expect(loaded()).toEqual({ a: [], b: [], c: [] });
  });

  test('one that is broken anyway keeps no other from the folder', () => {
    add('a', 'x/', { without: 'train.py' });
    add('b', 'x/');
    expect(loaded()).toEqual({ a: ['a/pipeline.yaml: the code file a/train.py is missing'], b: [] });
  });
});

test('a pipeline needs the name of its folder, and with a script its collect.py', () => {
  add('a', 'a/', { yaml: 'sources: [{ name: s, type: script }]\n' });
  add('b', 'b/');
  writeFileSync(join(folder, 'b', 'pipeline.yaml'), 'name: c\nlanding: { prefix: b/ }\n');
  expect(loaded()).toEqual({
    a: ['a/pipeline.yaml: the code file a/collect.py is missing'],
    b: ['b/pipeline.yaml: name: c must be the name of its folder, b'],
  });
});

test('a folder that is not there holds none', () => {
  expect(loadPipelines(join(folder, 'none'))).toEqual({ pipelines: new Map(), broken: [] });
});
