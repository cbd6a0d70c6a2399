import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeFolder,
  startHostProcess,
  type RawRequest,
  type RawResponse,
} from '../fixtures/functions-host/host-kit.mts';

type HostProcess = Awaited<ReturnType<typeof startHostProcess>>;

interface Exchange {
  scenario: string;
  request: RawRequest;
  response: { status: number; headers: [string, string][]; body: string | { hex: string } };
}

const FIXTURES = join(import.meta.dirname, '../fixtures');
const APP = join(FIXTURES, 'functions-host');

/** Recorded exchanges that this host answers otherwise, and why. */
const OUT_OF_SCOPE: [RegExp, string][] = [
  [/^http: echo-unknown-method$/, "Node's HTTP parser refuses methods that it does not know (400)"],
  [/^auth: .*(host-second-key|key-other-name)/, 'one host key, no further ones'],
  [/^auth: function-(function-key-by|good-header|clientid|code-param)/, 'no keys of single functions'],
  [
    /^auth: (function-)?key-(wrong-case(-after-right)?|right-case-after)$/,
    'no keys of single functions, no cache of decisions',
  ],
  [/^custom-prefix: function-key$/, 'no keys of single functions'],
  [/^admin: host_status-function-key$/, 'no keys of single functions'],
  [/^admin: (host_|functions_\w+_)(\w*keys)\w*-master$/, 'keys are not managed over HTTP (501)'],
  [/^admin: (host-)?keys-(put|post|get|delete|list).*$/, 'keys are not managed over HTTP (501)'],
  [/^admin: (host_(config|processes|extensionBundle)|instance_info|vfs).*-master$/, 'not offered here (501)'],
  [/^admin: vfs-nokey$/, 'not offered here'],
  [/^admin: invoke-timer-put$/, 'functions are not made over HTTP (501)'],
  [/^startup-failures: bad-host-json/, 'the command ends with the fault instead of staying up without functions'],
];

const reasonOf = (name: string): string | undefined => OUT_OF_SCOPE.find(([pattern]) => pattern.test(name))?.[1];
const load = <T>(name: string): T => JSON.parse(readFileSync(join(APP, `${name}.json`), 'utf8')) as T;
const tally = { agree: 0, all: 0, left: new Map<string, number>() };

/** Replays a folder of recordings, one test each. */
function replay(folder: string, host: () => HostProcess, pick: (name: string) => boolean = () => true): void {
  for (const { scenario, request, response } of load<Exchange[]>(folder)) {
    const name = `${folder}: ${scenario}`;
    if (!pick(scenario)) continue;
    tally.all++;
    const reason = reasonOf(name);
    if (reason !== undefined) {
      tally.left.set(reason, (tally.left.get(reason) ?? 0) + 1);
      continue;
    }
    it(name, async () => {
      const got = await host().send(sent(scenario, request));
      expect(view(request, got.status, got.headers, got.body)).toEqual(
        view(request, response.status, response.headers, bytesOf(response.body)),
      );
      tally.agree++;
    });
  }
}

/** The recording shows bodies as text, which these two were not. */
function sent(scenario: string, request: RawRequest): RawRequest {
  if (scenario === 'echo-post-binary') return { ...request, body: '\u0000\u0001\u00ff\u00fe\u0080\n' };
  if (request.body === '<5000 bytes>') return { ...request, body: 'x'.repeat(5000) };
  return request;
}

const bytesOf = (body: string | { hex: string }): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.hex, 'hex');

const GUID = /(?<="invocationId":")[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const APPDIR = /(?<="|\/vfs)\/[^"]*functions-host(\/custom-prefix)?/g;
const IGNORED = ['date', 'keep-alive'];

function view({ line }: RawRequest, status: number, headers: RawResponse['headers'], body: Buffer): object {
  const isHead = line.startsWith('HEAD');
  const isPage = headers.some(
    ([name, value]) => name.toLowerCase() === 'content-type' && value === 'text/html' && line.includes(' / '),
  );
  const isAdmin = line.toLowerCase().includes(' /admin/');
  // How a body is framed is part of the protocol only where one is sent; lengths follow from it.
  const framing = isHead || isPage || (isAdmin && body.length > 0) ? ['content-length', 'transfer-encoding'] : [];
  const kept = headers
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter((header) => ![...IGNORED, ...framing].some((name) => header.startsWith(`${name}:`)));
  return { status, headers: kept.toSorted(), body: isPage ? 'a page' : maskedBody(isAdmin, body.toString('latin1')) };
}

/** What differs from machine to machine. */
const maskedBody = (isAdmin: boolean, body: string): string =>
  isAdmin ? maskedStatus(body.replace(APPDIR, '<APPDIR>')) : body.replace(GUID, 'GUID');

const maskedStatus = (body: string): string =>
  body
    .replace(/"test_data_href":("[^"]*"|null)/g, '"test_data_href":…')
    .replace(/"(id|version|versionDetails|processUptime)":("[^"]*"|\d+)/g, '"$1":…');

/** A host of its own for some tests. */
function hostOf(app: string, env: Record<string, string> = {}): () => HostProcess {
  let host: HostProcess;
  beforeAll(async () => {
    host = await startHostProcess(app, env);
  });
  afterAll(() => host.remove());
  return () => host;
}

afterAll(() => {
  const left = [...tally.left].map(([reason, count]) => `  ${count} out of scope: ${reason}`);
  console.log([`${tally.agree} of ${tally.all} recordings agree`, ...left].join('\n'));
});

describe('recorded exchanges', () => {
  const host = hostOf(APP);
  replay('http', host);
  replay('auth', host);
  replay('admin', host);
});

describe('recorded exchanges under another prefix', () => {
  const host = hostOf(join(APP, 'custom-prefix'), { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' });
  replay('custom-prefix', host);
  replay('body-limit', host);
});

describe('recorded exchanges without a prefix', () => {
  replay('empty-prefix', hostOf(join(APP, 'empty-prefix')));
});

describe('recorded exchanges with an app that does not load', () => {
  const host = hostOf(join(APP, 'syntax-error'));
  replay('startup-failures', host, (name) => name.startsWith('syntax-error') || name.startsWith('bad-host-json'));
  it('says so in the log', () => {
    expect(host().log()).toContain('SyntaxError: Unexpected identifier');
    expect(host().log()).toContain('0 functions found');
  });
});

describe('recorded exchanges with an app without functions', () => {
  replay('startup-failures', hostOf(join(APP, 'no-functions')), (name) => name.startsWith('no-functions'));
});

describe('an app that registers a name twice', () => {
  const host = hostOf(join(APP, 'duplicate'));
  it('has no functions, and says why', async () => {
    expect((await host().send({ line: 'GET /api/same HTTP/1.1', headers: [['Host', 'x']] })).status).toBe(404);
    expect(host().log()).toContain(
      "unable to load entry point 'index.js': Error: A function with id 'same' has already been registered.",
    );
  });
});

describe('a function with bindings that are not supported', () => {
  const host = hostOf(join(APP, 'unsupported'));
  const get = async (line: string): Promise<string> => {
    const { body } = await host().send({
      line,
      headers: [
        ['Host', 'x'],
        ['x-functions-key', 'test-master'],
      ],
    });
    return body.toString();
  };
  it.each([
    ['queueFn', "The binding type(s) 'queueTrigger' are not supported"],
    ['tableFn', "The binding type(s) 'table' are not supported"],
    ['badTimer', "The schedule expression 'every day' was not recognized"],
    ['badRoute', "The constraint reference 'colour' could not be resolved"],
  ])('%s is listed in error', async (name, text) => {
    expect(await get(`GET /admin/functions/${name}/status HTTP/1.1`)).toContain(text);
    expect(host().log()).toContain(`The '${name}' function is in error: ${text}`);
  });
  it('leaves the others at work, and writes what they log', async () => {
    expect(await get('GET /api/fine HTTP/1.1')).toBe('fine');
    expect(host().log()).toMatch(/\[.*Z\] \[Information\] Function\.fine\.User: shown \{ a: 1 \}\n/);
    expect(host().log()).not.toContain('hidden');
  });
});

describe('timers', () => {
  interface Timers {
    scenario: string;
    storedBefore?: Record<string, object>;
    callsAfter?: { function: string; timer: object }[];
  }
  const dataDir = makeFolder();
  const missed = load<Timers[]>('timer').find(({ scenario }) => scenario === 'missed-while-host-was-down');
  const camelCase = (status: object): object =>
    Object.fromEntries(
      Object.entries(status).map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]),
    );
  const timersOf = (host: HostProcess, name: string): object[] =>
    host
      .calls()
      .filter((call) => call.function === name)
      .map(({ input }) => input as { ScheduleStatus: object | null; IsPastDue: boolean })
      .map(({ ScheduleStatus, IsPastDue }) => ({
        schedule: { adjustForDST: true },
        scheduleStatus: ScheduleStatus && camelCase(ScheduleStatus),
        isPastDue: IsPastDue,
      }));
  afterAll(() => {
    rmSync(dataDir, { recursive: true });
  });

  it('are called once for all that was missed, and on start where they ask for it', { timeout: 90_000 }, async () => {
    mkdirSync(join(dataDir, 'timers'));
    for (const [name, status] of Object.entries(missed?.storedBefore ?? {})) {
      writeFileSync(join(dataDir, 'timers', `${name}.json`), JSON.stringify(status));
    }
    const first = await startHostProcess(APP, { REC_MON: '0 * * * * *' }, dataDir);
    await sleep(500);
    const recorded = (name: string) => missed?.callsAfter?.find((call) => call.function.startsWith(name))?.timer;
    expect(timersOf(first, 'timerFive')[0]).toEqual(recorded('timerFive'));
    expect(timersOf(first, 'timerMonitor')[0]).toEqual(recorded('timerMonitor'));
    expect(timersOf(first, 'timerStartup')).toMatchObject([
      {
        scheduleStatus: { last: '0001-01-01T00:00:00+00:00', next: expect.stringMatching(/-01-01T00:00:00\+00:00$/) },
        isPastDue: false,
      },
    ]);
    expect(timersOf(first, 'timerThrow')).toEqual([]);
    await first.stop();
    const second = await startHostProcess(APP, {}, dataDir);
    await sleep(500);
    expect(timersOf(second, 'timerFive').filter((timer) => 'isPastDue' in timer && timer.isPastDue)).toHaveLength(1);
    expect(timersOf(second, 'timerStartup')[1]).toMatchObject({
      scheduleStatus: { last: expect.not.stringMatching(/^0001/) },
    });
    const start: RawRequest = {
      line: 'POST /admin/functions/timerFive HTTP/1.1',
      headers: [
        ['Host', 'x'],
        ['x-functions-key', 'test-master'],
        ['Content-Type', 'application/json'],
        ['Content-Length', '2'],
      ],
      body: '{}',
    };
    expect((await second.send(start)).status).toBe(202);
    await sleep(200);
    expect(timersOf(second, 'timerFive').at(-1)).toMatchObject({
      scheduleStatus: { next: expect.any(String) },
      isPastDue: false,
    });
    await second.stop();
  });
});

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s lets a running request finish and refuses new ones',
    async (signal) => {
      const host = await startHostProcess(APP);
      const running = host.send({ line: 'GET /api/httpSlow?ms=1500 HTTP/1.1', headers: [['Host', 'x']] });
      await sleep(300);
      const exit = host.stop(signal);
      await sleep(300);
      await expect(host.send({ line: 'GET /api/httpText HTTP/1.1', headers: [['Host', 'x']] })).rejects.toThrow(
        'ECONNREFUSED',
      );
      const { status, headers } = await running;
      expect(status).toBe(200);
      expect(headers.map(([name, value]) => `${name}: ${value}`.toLowerCase())).toContain('connection: close');
      expect(await exit).toBe(0);
      await host.remove();
    },
  );
});

describe('a large body', () => {
  const host = hostOf(APP);
  it.each([
    [50_000_000, 200],
    [104_857_600, 200],
    [104_857_601, 500],
  ])('of %i bytes is answered %i', async (length, status) => {
    const url = `http://127.0.0.1:${host().port}/api/httpBinaryLen`;
    const response = await fetch(url, { method: 'POST', body: Buffer.alloc(length, 'x') }).catch(() => ({
      status: 500,
    }));
    expect(response.status).toBe(status);
  });
});

describe('orchestrations', () => {
  const host = hostOf(join(FIXTURES, 'durable'));
  it('run three activities in sequence, as recorded', async () => {
    const base = `http://127.0.0.1:${host().port}/runtime/webhooks/durabletask`;
    expect((await fetch(`${base}/instances/hello`)).status).toBe(401);
    const started = await fetch(`${base}/orchestrators/hello/hello?code=test-system`, {
      method: 'POST',
      body: '{"a":1}',
    });
    expect(started.status).toBe(202);
    const { statusQueryGetUri } = (await started.json()) as { statusQueryGetUri: string };
    await expect
      .poll(async () => ((await (await fetch(statusQueryGetUri)).json()) as { output: unknown }).output, {
        timeout: 10_000,
      })
      .toEqual(['Hello Tokyo', 'Hello Seattle', 'Hello London']);
    expect(
      host()
        .calls()
        .map((call) => call.kind),
    ).toEqual([
      ...['orchestrator', 'activity', 'orchestrator', 'activity', 'orchestrator', 'activity', 'orchestrator'],
    ]);
    expect(host().calls()[1]).toMatchObject({
      function: 'say',
      input: 'Tokyo',
      response: { ok: true, returnValue: { string: 'Hello Tokyo' }, outputData: [] },
    });
  });
  it('are started by functions through the durable client', async () => {
    const url = `http://127.0.0.1:${host().port}/start/empty?id=by-client`;
    const response = await fetch(url, { method: 'POST', body: '"in"' });
    expect(response.status).toBe(202);
    const links = (await response.json()) as { statusQueryGetUri: string };
    await expect
      .poll(async () => ((await (await fetch(links.statusQueryGetUri)).json()) as { output: unknown }).output, {
        timeout: 10_000,
      })
      .toBe('in');
  });
});
