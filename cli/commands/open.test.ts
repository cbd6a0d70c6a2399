import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../tests/kit/command-line.ts';

const API = 'https://app.example';

test.each([
  [[], '#/'],
  [['iris-20260301-101502-3fa9c1'], '#/runs/iris-20260301-101502-3fa9c1'],
  [['iris'], '#/pipelines/iris'],
  [['runs'], '#/runs'],
  [['iris/20260301-101502-3fa9c1'], '#/models/iris/20260301-101502-3fa9c1'],
  [['a b&<c>'], '#/pipelines/a%20b%26%3Cc%3E'],
])('the address of %j is printed', async (what, fragment) => {
  const { code, out } = await runCommand(['open', ...what, '--print', '--api', API]);
  expect({ code, out }).toEqual({ code: 0, out: `${API}/api/dashboard/${fragment}\n` });
});

test('the browser is given the address, and no key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-cli-'));
  const [browser, opened] = [join(folder, 'browser'), join(folder, 'opened')];
  writeFileSync(browser, `#!/bin/sh\nprintf %s "$*" > ${opened}.new && mv ${opened}.new ${opened}\n`);
  chmodSync(browser, 0o755);
  const env = { BROWSER: browser, PATH: process.env.PATH };
  const { out } = await runCommand(['open', '--api', API, '--key', 'secret'], { env });
  expect(out).toBe(`Opened ${API}/api/dashboard/#/\n`);
  await expect.poll(() => readFileSync(opened, { encoding: 'utf8', flag: 'a+' })).toBe(`${API}/api/dashboard/#/`);
});

test('where there is no browser the address is told', async () => {
  const { code, out } = await runCommand(['open', '--api', API], { env: { BROWSER: '/no/such/browser' } });
  expect({ code, out }).toEqual({ code: 0, out: `${API}/api/dashboard/#/\n` });
});
