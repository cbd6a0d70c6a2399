import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../tests/kit/command-line.ts';
import { problem, startStandInApp, type Reply, type StandInApp } from '../../tests/kit/stand-in-app.ts';

const RUN = 'iris-20260301-101502-3fa9c1';

let app: StandInApp | undefined;
let server: Server | undefined;
afterEach(async () => {
  server?.close();
  await app?.close();
  app = undefined;
});

const nothing: Reply['headers'] = {};
const active = { hint: `Wait for it, or cancel it: POST /api/runs/${RUN}/cancel.`, activeRun: RUN };

describe('a refusal ends with what cures it, and its exit code says whose turn it is', () => {
  test.each<[what: string, reply: Reply, code: number, text: RegExp]>([
    ['a wrong request', problem(400, 'top is no number.'), 2, /top is no number\.\n {2}→ Correct it/],
    ['no key', { status: 401, bare: '' }, 3, /wants a key\.\n {2}→ .*LANDFALL_KEY.*get-access-token.*--token/],
    ['nobody signed in', problem(401, 'Nobody is signed in.', { hint: 'Sign in.' }), 3, /signed in\.\n {2}→ Sign in/],
    ['a role that is lacking', problem(403, 'Ada lacks the role.', { hint: 'Ask for it.' }), 3, /→ Ask for it\./],
    ['a network that is closed', { status: 403, bare: 'Ip Forbidden' }, 3, /lets nobody in.*\n {2}→ Ask/],
    [
      'an unknown name',
      problem(404, 'No pipeline x.', { hint: 'GET /api/runs lists them.' }),
      2,
      /→ landfall runs lists/,
    ],
    ['an older app', { status: 404, bare: '' }, 3, /older than this command\.\n {2}→ Deploy/],
    ['a conflict', problem(409, 'iris has an active run.', active), 3, /→ .*cancel it: landfall cancel iris-2026/],
    ['too many requests', { status: 429, bare: '', headers: { 'retry-after': '7' } }, 3, /→ Try again in 7 s/],
    ['a fault', problem(500, 'Nobody foresaw this.'), 3, /foresaw this\.\n {2}→ .*landfall doctor/],
    ['a gateway', { status: 502, bare: '<html>Bad gateway</html>' }, 3, /answered 502.*\n {2}→ Try again/],
    ['a page for a browser', { bare: '<html>' }, 3, /no JSON\.\n {2}→ .*--api/],
    [
      'another address',
      { status: 301, bare: '', headers: { location: 'https://b.example' } },
      3,
      /b\.example.*\n.*--api/,
    ],
    ...['https://login.microsoftonline.com/T/oauth2/v2.0/authorize?x', '/.auth/login/aad?y'].map(
      (location): [string, Reply, number, RegExp] => [
        `the way to where people sign in, ${location}`,
        { status: 302, bare: '', headers: { location } },
        3,
        /wants you to be signed in\.\n {2}→ Get an access token: az account get-access-token --resource api:.*LANDFALL_TOKEN/,
      ],
    ),
  ])('%s', async (_, reply, code, text) => {
    app = await startStandInApp({ 'GET runs': () => ({ ...reply, bare: reply.bare ?? JSON.stringify(reply.body) }) });
    const ended = await runCommand(['runs', '--api', app.url]);
    expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(text) as string });
    expect(ended.err.trimEnd().split('\n').at(-1)).toMatch(/^ {2}→ /);
  });
});

test.each<[what: string, args: string[], told: object]>([
  [
    'a refusal',
    ['runs'],
    {
      error: 'iris has an active run.',
      cure: `Wait for it, or cancel it: landfall cancel ${RUN}.`,
      status: 409,
      exitCode: 3,
    },
  ],
  ['an app that is not there', ['runs', '--api', 'http://127.0.0.1:9'], { exitCode: 3 }],
  ['bad input', ['runs', '--api', 'ftp://x'], { error: 'ftp://x is no address of an app.', exitCode: 2 }],
  ['an unknown command', ['rnus'], { error: expect.stringMatching(/^unknown command 'rnus'/) as string, exitCode: 2 }],
  ['a missing argument', ['run'], { error: "missing required argument 'id'", exitCode: 2 }],
  ['no command', [], { error: 'No command is named.', exitCode: 2 }],
])('with --json an error is one JSON object on standard error: %s', async (_, args, told) => {
  app = await startStandInApp({ 'GET runs': problem(409, 'iris has an active run.', active) });
  const ended = await runCommand([...args, '--json'], { env: { LANDFALL_API: app.url } });
  const said = JSON.parse(ended.err) as { exitCode: number; status?: number };
  expect(ended.err.trimEnd().split('\n')).toHaveLength(1);
  expect(said).toMatchObject({
    error: expect.any(String) as string,
    cure: expect.stringMatching(/\.$/) as string,
    ...told,
  });
  expect('status' in said).toBe('status' in told);
  expect({ code: ended.code, out: ended.out }).toEqual({ code: said.exitCode, out: '' });
});

test('what a refusal lists is told line by line, and a terminal is not at its mercy', async () => {
  const missing = ['landing/iris/\u001b[2Ja.csv', 'landing/iris/<b>.csv'];
  const reply = problem(422, 'Two files are not there.', { missing });
  app = await startStandInApp({ 'POST pipelines/iris/runs': reply });
  const { code, err } = await runCommand(['start', 'iris', '--file', 'iris/a.csv', '--api', app.url]);
  expect(code).toBe(2);
  expect(err).toContain('✖ Two files are not there.\n  landing/iris/[2Ja.csv\n  landing/iris/<b>.csv\n  → ');
});

test.each<[what: string, args: string[], code: number, text: RegExp]>([
  ['no app at all', ['runs'], 3, /No app runs here.*\n {2}→ .*npm start/],
  ['nobody at the address', ['runs', '--api', 'http://127.0.0.1:9'], 3, /does not answer: .*\n {2}→ Check the address/],
  ['no address', ['runs', '--api', 'ftp://x'], 2, /no address of an app/],
  ['a key with a line break', ['runs', '--api', 'http://x', '--key', 'a\nb'], 2, /Copy the key again/],
  ['a token with a space', ['runs', '--api', 'http://x', '--token', 'a b'], 2, /Copy the token again/],
  ['a way out as an id', ['run', '..', '--api', 'http://x'], 2, /is no name/],
  ['an unknown command', ['rnus'], 2, /unknown command.*\n.*runs.*\n {2}→ /],
  ['an unknown option', ['runs', '--tpo', '3'], 2, /unknown option.*\n.*--top.*\n {2}→ /],
  ['a missing id', ['run'], 2, /missing required argument 'id'\n {2}→ /],
  ['a number that is none', ['runs', '--top', 'many'], 2, /whole number.*\n {2}→ /],
])('%s is told before anything is done', async (_, args, code, text) => {
  expect(await runCommand(args)).toMatchObject({ code, out: '', err: expect.stringMatching(text) as string });
});

test('who follows does not wait for an app that was never there', async () => {
  for (const args of [
    ['run', RUN, '-f'],
    ['runs', '-f'],
    ['logs', RUN, '-f'],
    ['backfills', '--follow', 'b'],
  ])
    expect((await runCommand([...args, '--api', 'http://127.0.0.1:9'])).code).toBe(3);
});

test('an app that takes too long is given up', async () => {
  app = await startStandInApp({ 'GET runs': { hangs: true } });
  const ended = await runCommand(['runs', '--api', app.url, '--timeout', '0.2']);
  expect(ended).toMatchObject({ code: 3, err: expect.stringMatching(/within 0\.2 s\.\n {2}→ .*--timeout/) as string });
});

test('an answer that breaks off leaves a doubt, where something was to be done', async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(202, { 'content-length': '100' }).write('{"runId":');
    setImmediate(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ended = await runCommand(['cancel', RUN, '--api', url]);
  expect(ended).toMatchObject({ code: 3, err: expect.stringMatching(/→ .*before you repeat it/) as string });
});

test('whoever interrupts gets the prompt back', async () => {
  app = await startStandInApp({ 'GET runs': { hangs: true } });
  const stopping = new AbortController();
  const running = runCommand(['runs', '--api', app.url], { signal: stopping.signal });
  await expect.poll(() => app?.received.length).toBe(1);
  stopping.abort();
  expect(await running).toEqual({ code: 130, out: '', err: '' });
});

test('names reach the app as they are, whatever is in them', async () => {
  const names = ['a b', '100%', 'ä/ö', '<b>&"', '?x=1#y', '..%2f'];
  app = await startStandInApp({});
  for (const name of names) await runCommand(['pipelines', name, '--api', app.url], { env: nothing });
  expect(app.received.map(({ path }) => decodeURIComponent(path))).toEqual(names.map((name) => `pipelines/${name}`));
});
