import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { runCommand } from '../../tests/kit/command-line.ts';
import { startStandInApp, type StandInApp } from '../../tests/kit/stand-in-app.ts';

const good = { name: 'lake', status: 'Healthy', detail: 'landing answers' };
const ill = { name: 'cluster training', status: 'Unhealthy', detail: 'it does not answer', cure: 'Start it.' };

let app: StandInApp | undefined;
afterEach(() => app?.close());

test('what is well and what is not is told, with the cure, and the exit code says which', async () => {
  app = await startStandInApp({
    'GET health': [
      { body: { status: 'Healthy', parts: [good] } },
      { status: 503, body: { status: 'Unhealthy', parts: [good, ill] } },
    ],
  });
  const well = await runCommand(['doctor', '--api', app.url]);
  expect(well).toMatchObject({ code: 0, out: expect.stringMatching(/✔ lake +landing answers/) as string });
  const unwell = await runCommand(['--api', app.url, 'doctor']);
  expect(unwell.code).toBe(1);
  expect(unwell.out).toMatch(/✖ cluster training +it does not answer\n {2}→ Start it\./);
  const { code, out } = await runCommand(['doctor', '--json', '--api', app.url]);
  expect(JSON.parse(out)).toEqual({ status: 'Unhealthy', parts: [good, ill] });
  expect(code).toBe(1);
});

test('something else than the app is told as that', async () => {
  app = await startStandInApp({ 'GET health': { bare: '{}' } });
  const told = await runCommand(['doctor', '--api', app.url]);
  expect(told).toMatchObject({ code: 3, err: expect.stringMatching(/without parts.*\n.*→ .*--api/) as string });
});

test('the platform of this folder or of one above it is found, and its key with it', async () => {
  app = await startStandInApp({ 'GET health': { body: { status: 'Healthy', parts: [good] } } });
  const root = mkdtempSync(join(tmpdir(), 'landfall-cli-'));
  mkdirSync(join(root, '.landfall'));
  mkdirSync(join(root, 'a/b'), { recursive: true });
  const endpoints = { functions: { url: app.url, key: 'local' }, lake: { dfs: 'http://x', account: 'a', key: 'k' } };
  writeFileSync(join(root, '.landfall/endpoints.json'), JSON.stringify(endpoints));
  const keys: Record<string, [args: string[], env: NodeJS.ProcessEnv, key: string | undefined]> = {
    found: [['doctor'], {}, 'local'],
    'without the key of another': [['doctor'], { LANDFALL_KEY: 'azure' }, 'local'],
    'with another key': [['doctor', '--key', 'mine'], {}, 'mine'],
    'by its address': [['doctor'], { LANDFALL_API: `${app.url}/api/` }, 'local'],
    'by its state folder': [
      ['doctor', '--state', '../../.landfall'],
      { LANDFALL_API: 'https://other.example' },
      'local',
    ],
  };
  for (const [how, [args, own, key]] of Object.entries(keys)) {
    const env = own.LANDFALL_API ? own : { ...own, LANDFALL_TOKEN: 'of another' };
    expect((await runCommand(args, { env, folder: join(root, 'a/b') })).code, how).toBe(0);
    expect(app.received.at(-1)?.headers, how).not.toHaveProperty('authorization');
    expect(app.received.at(-1)?.headers['x-functions-key'], how).toBe(key);
  }
});

test('a key and a token that were not given go nowhere', async () => {
  app = await startStandInApp({ 'GET health': { body: { status: 'Healthy', parts: [good] } } });
  await runCommand(['doctor'], { env: { LANDFALL_API: app.url } });
  expect(app.received.at(-1)?.headers).not.toHaveProperty('x-functions-key');
  expect(app.received.at(-1)?.headers).not.toHaveProperty('authorization');
});

test('an app where people sign in gets key and token, from options or from the environment', async () => {
  const health = { body: { status: 'Healthy', parts: [good] } };
  // As App Service does it: the sign-in looks at the token first, the functions host at the key then.
  app = await startStandInApp({
    'GET health': ({ headers }) => {
      if (headers.authorization !== 'Bearer t.o-k_en')
        return { status: 302, bare: '', headers: { location: 'https://login.microsoftonline.com/x' } };
      return headers['x-functions-key'] === 'k' ? health : { status: 401, bare: '' };
    },
  });
  const ask = (env: NodeJS.ProcessEnv, ...options: string[]) =>
    runCommand(['doctor', ...options], { env: { LANDFALL_API: app?.url, ...env } });
  expect((await ask({ LANDFALL_KEY: 'k', LANDFALL_TOKEN: 't.o-k_en' })).code).toBe(0);
  expect((await ask({}, '--key', 'k', '--token', 't.o-k_en')).code).toBe(0);
  expect(await ask({ LANDFALL_KEY: 'k' })).toMatchObject({
    code: 3,
    err: expect.stringMatching(/wants you to be signed in.*\n {2}→ .*get-access-token/) as string,
  });
  expect(await ask({ LANDFALL_KEY: 'k', LANDFALL_TOKEN: 'old' })).toMatchObject({
    code: 3,
    err: expect.stringMatching(/does not take this token.*\n {2}→ .*get-access-token/) as string,
  });
  expect(await ask({ LANDFALL_KEY: 'no', LANDFALL_TOKEN: 't.o-k_en' })).toMatchObject({
    code: 3,
    err: expect.stringContaining('refuses the key or the token') as string,
  });
});
