import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../kit/running-platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'landfall-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function makePackage(name: string): Buffer {
  const file = join(folder, name);
  const made = spawnSync(process.execPath, ['bicep/package-app.mjs', file], { cwd: ROOT, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  return readFileSync(file);
}

test('the package is the same for the same files, holds no test and no secret, and does the main job by itself', () => {
  const zip = makePackage('one.zip');
  expect(makePackage('two.zip').equals(zip)).toBe(true);
  const files = unzipSync(zip);
  const names = Object.keys(files);
  expect(names).toEqual(
    expect.arrayContaining(['host.json', 'package.json', 'dist/app.cjs', 'dist/dashboard/index.html']),
  );
  expect(names.filter((name) => /test|settings|node_modules|\.ts$|sample/.test(name))).toEqual([]);

  const app = join(folder, 'app');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(app, name)), { recursive: true });
    writeFileSync(join(app, name), content);
  }
  const args = ['--app', app, '--state', join(folder, 'state'), '--port-base', '18600', '--once'];
  const run = spawnSync(process.execPath, ['--no-warnings', 'local/main.ts', ...args], { cwd: ROOT, encoding: 'utf8' });
  expect(run.stdout).toMatch(/A prediction, made over HTTP by version/);
  expect(run.status).toBe(0);
});
