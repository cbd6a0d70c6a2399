import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as prettier from 'prettier';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bicep, copyOfTemplates, noCompiler, snapshotNow, TEMPLATES } from './compiler.ts';
import { at, ENVIRONMENTS, listAt, snapshot, snapshotFile } from './snapshot.ts';

const SNAPSHOTS = ENVIRONMENTS.flatMap((environment) => [environment, `eventing-${environment}`]);
const timeout = 120_000;

describe.skipIf(noCompiler)(`templates${noCompiler ? ` (skipped: ${noCompiler})` : ''}`, () => {
  let copy = '';
  beforeAll(() => {
    copy = copyOfTemplates();
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test.each(['main', 'eventing'])('%s.bicep compiles', { timeout }, (template) => {
    const { status, stdout, stderr } = bicep(copy, 'build', `${template}.bicep`, '--stdout');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('"resources"');
  });

  test('the app waits for its rights and the ways to its storage, and endpoints are made in turn', { timeout }, () => {
    const { stdout } = bicep(copy, 'build', 'main.bicep', '--stdout');
    const main = JSON.parse(stdout) as unknown;
    expect(listAt(main, 'resources.app.dependsOn')).toEqual(expect.arrayContaining(['roles', 'privateEndpoints']));
    const endpoints = at(main, 'resources.privateEndpoints.properties.template.resources.privateEndpoints');
    expect(at(endpoints, 'copy')).toMatchObject({ mode: 'serial', batchSize: 1 });
  });

  // The templates' findings hold those of their modules.
  test.each(['./*.bicep', './*.bicepparam'])('the linter finds nothing in %s', { timeout }, (pattern) => {
    const { status, stdout, stderr } = bicep(copy, 'lint', '--pattern', pattern);
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });

  test('every file is formatted', { timeout }, () => {
    for (const pattern of ['./**/*.bicep', './*.bicepparam']) {
      expect(bicep(copy, 'format', '--pattern', pattern).status).toBe(0);
    }
    const files = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.bicep(param)?$/.test(file),
    );
    const text = (folder: string) => files.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
    expect(text(TEMPLATES)).toEqual(text(copy));
  });

  // UPDATE_SNAPSHOTS=1 writes them anew.
  test.each(SNAPSHOTS)('snapshot %s is what the templates make', { timeout }, async (name) => {
    const now = snapshotNow(copy, name);
    expect(now.diagnostics).toEqual([]);
    if (process.env.UPDATE_SNAPSHOTS) {
      const text = await prettier.format(JSON.stringify(now), { parser: 'json', printWidth: 120 });
      writeFileSync(snapshotFile(name), text);
    }
    expect(now).toEqual(snapshot(name));
  });
});
