import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

interface Import {
  from: string;
  /** Path from the root for our own files, else the package or module. */
  to: string;
  typeOnly: boolean;
}

/** Which folders each folder may import from, itself included; docs has the types of the HTTP API, made from its document. */
const ARROWS: Record<string, string[]> = {
  functions: ['functions', 'orchestrations', 'shared'],
  orchestrations: ['orchestrations', 'shared'],
  shared: ['shared'],
  local: ['local'],
  cli: ['cli', 'docs'],
  dashboard: ['dashboard', 'docs'],
};

const files = Object.keys(ARROWS).flatMap((folder) => sources(join(ROOT, folder)));
const imports = files.flatMap(importsOf);

describe('arrows go one way', () => {
  test.each(Object.entries(ARROWS))('%s imports only from %s', (folder, allowed) => {
    const wrong = imports.filter(({ from, to }) => top(from) === folder && isOurs(to) && !allowed.includes(top(to)));
    expect(wrong).toEqual([]);
  });

  test('orchestrations know activities by their types alone', () => {
    const values = imports.filter(({ from, to, typeOnly }) => isOrchestration(from) && isActivity(to) && !typeOnly);
    expect(values).toEqual([]);
  });

  test('activities know no orchestration', () => {
    expect(imports.filter(({ from, to }) => isActivity(from) && isOrchestration(to))).toEqual([]);
  });

  test('pure parts of shared know no client', () => {
    const wrong = imports.filter(
      ({ from, to, typeOnly }) => top(from) === 'shared' && !isClient(from) && isClient(to) && !typeOnly,
    );
    expect(wrong).toEqual([]);
  });
});

test('nothing that an orchestration loads touches the system', () => {
  const reached = new Set(files.filter(isOrchestration));
  for (const file of reached) {
    for (const { to, typeOnly } of imports.filter(({ from }) => from === file))
      if (!typeOnly && isOurs(to)) reached.add(to);
  }
  const packages = [...reached].flatMap((file) =>
    imports.filter(({ from, to, typeOnly }) => from === file && !typeOnly && !isOurs(to)),
  );
  const allowed = ['durable-functions', 'zod'];
  expect(packages.filter(({ to }) => !allowed.includes(to))).toEqual([]);
});

test('the app asks nowhere whether it runs locally', () => {
  const app = files.filter((file) => ['functions', 'orchestrations', 'shared'].includes(top(file)));
  const suspicious = app.filter((file) =>
    /\b(isLocal|LANDFALL_LOCAL|NODE_ENV|localhost)\b/.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  expect(suspicious).toEqual([]);
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm);
  return [...found].map(([, typeOnly, target = '']) => ({
    from: file,
    to: target.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), target)) : target,
    typeOnly: typeOnly !== undefined,
  }));
}

const top = (path: string) => path.split('/')[0] ?? '';
const isOurs = (path: string) => /\.(tsx?|mjs|json)$/.test(path);
const isActivity = (path: string) => path.startsWith('orchestrations/activities/');
const isOrchestration = (path: string) => path.startsWith('orchestrations/') && !isActivity(path);
const isClient = (path: string) => path.startsWith('shared/clients/');
