import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { landingBlobCreated } from '../../functions/events/landing-blob-created.ts';
import type { Edge } from '../../functions/edge.ts';
import { beginCollection, collectSource, recordCollection } from '../../orchestrations/activities/collection.ts';
import { dropLeftovers } from '../../orchestrations/activities/leftovers.ts';
import { startDueCollections } from '../../orchestrations/activities/due-collections.ts';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { createArrivals } from '../../shared/clients/arrivals.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import { createContainers, type Containers } from '../../shared/clients/containers.ts';
import { guardedAgents } from '../../shared/clients/guarded-agent.ts';
import { createSources } from '../../shared/clients/sources.ts';
import { createWeb } from '../../shared/clients/web.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import { SourceRefusal } from '../../shared/sources/refusal.ts';
import { newState, type Outcome } from '../../shared/sources/source-state.ts';
import type { ContainerFile } from '../../shared/sources/taken.ts';
import { serving, startOddServer, type OddServer } from '../kit/odd-server.ts';
import { until } from '../kit/running-platform.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

// Sources as the world has them: a real server that does everything wrong, a real container, a real lake and real tables.
const ALLOWED = ['127.0.0.1'];
let storage: Storage;
let server: OddServer;
let other: OddServer;
let edge: Edge;
let declared: object[] = [];
let settings: Record<string, string> = {};
let names = 0;

beforeAll(async () => {
  [storage, server, other] = await Promise.all([
    startStorage('landing', 'elsewhere', 'runs'),
    startOddServer(),
    startOddServer(),
  ]);
  const { lake, landing, open, identity } = storage;
  const clients = {
    ...{ lake, landing, sources: createSources(open), arrivals: createArrivals(open) },
    web: createWeb(ALLOWED, { idleMs: 1_000 }),
    containers: createContainers(ALLOWED, identity),
  } as unknown as Clients;
  const pipeline = () =>
    pipelineSchema.parse({ name: 'iris', landing: { prefix: 'iris/', pattern: '*.csv' }, sources: declared });
  edge = {
    clients,
    folders: { pipelines: '', runtime: '' },
    lakeUrl: '',
    appUrl: '',
    isAuthenticated: false,
    setting: (name) => settings[name],
    pipelines: () => ({ pipelines: new Map([['iris', pipeline()]]), broken: [] }),
  };
});
afterAll(() => Promise.all([storage.close(), server.close(), other.close()]));
beforeEach(() => {
  settings = {};
  server.asked.length = other.asked.length = 0;
});

/** Declares a source that no test before has seen. */
function declare(source: object): string {
  const name = `s${++names}`;
  declared = [{ name, ...source }];
  return name;
}
const web = (path: string, more: object = {}) =>
  declare({ type: 'https', url: `${server.url}${path}`, as: 'f.csv', ...more });

/** Looks at a source as its orchestration does, and answers what came of it. */
async function collect(source: string): Promise<Outcome> {
  const ref = { pipeline: 'iris', source };
  const at = new Date().toISOString();
  expect(await beginCollection(edge, { ...ref, at, byHand: true })).toMatchObject({ go: true });
  const outcome = await collectSource(edge, ref);
  await recordCollection(edge, { ...ref, outcome, at: new Date().toISOString() });
  return outcome;
}
const state = (source: string) => edge.clients.sources.get('iris', source);
const landed = async () => (await storage.lake.list('landing/iris')).map(({ path }) => path);
const files = (outcome: Outcome) => ('files' in outcome ? (outcome.files ?? []) : []);
const read = async (path = '') => (await storage.lake.read(path))?.toString();

/** Looks at a source that must be refused: nothing may land, nothing may be left over. */
async function refused(source: string) {
  const before = await landed();
  const outcome = await collect(source);
  expect(await landed()).toEqual(before);
  if (outcome.status !== 'Failed') throw new Error(`It ${outcome.status}`);
  expect(outcome.error.hint).not.toBe('');
  expect((await state(source))?.error).toEqual(outcome.error);
  return outcome;
}

describe('an address', () => {
  test('whose content is new lands, once, and not again by ETag, by time or by content', async () => {
    for (const [index, headers] of [
      { etag: '"1"' },
      { 'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT' },
      {},
    ].entries()) {
      server.on('/a.csv', serving(`a,b\n1,${index}\n`, headers));
      const source = web('/a.csv');
      const first = await collect(source);
      expect(first.status).toBe('Changed');
      const [path = ''] = files(first);
      expect(path).toMatch(/^landing\/iris\/f-1-[0-9a-f]{8}\.csv$/);
      expect(await read(path)).toBe(`a,b\n1,${index}\n`);
      const before = await landed();
      expect(await collect(source)).toMatchObject({ status: 'Unchanged' });
      expect(await landed()).toEqual(before);
      expect(server.asked.at(-1)?.headers).toMatchObject(
        index === 0 ? { 'if-none-match': '"1"' } : index === 1 ? { 'if-modified-since': headers['last-modified'] } : {},
      );
    }
  });

  test('whose content comes back after another lands again, and the same under another ETag does not', async () => {
    const source = web('/b.csv');
    const seen: string[] = [];
    for (const [content, etag] of [
      ['x', '1'],
      ['y', '2'],
      ['x', '3'],
      ['x', '4'],
    ] as const) {
      // prettier-ignore
      server.on('/b.csv', serving(content, { etag }));
      seen.push(...files(await collect(source)));
    }
    expect(seen.map((path) => /f-(\d)-/.exec(path)?.[1])).toEqual(['1', '2', '3']);
    expect(await Promise.all(seen.map(read))).toEqual(['x', 'y', 'x']);
    expect((await state(source))?.seen).toMatchObject({ eTag: '4', sequence: 3 });
  });

  test('that was fetched, but not recorded before a crash, is the same file the second time', async () => {
    server.on('/c.csv', serving('c\n1\n', { etag: '"1"' }));
    const ref = { pipeline: 'iris', source: web('/c.csv') };
    const both = [await collectSource(edge, ref), await collectSource(edge, ref)];
    expect(files(both[0] as Outcome)).toEqual(files(both[1] as Outcome));
    const path = files(both[0] as Outcome)[0] ?? '';
    const arrivals = storage.events.filter(({ subject }) => subject.endsWith(path.slice('landing/'.length)));
    expect(arrivals.map(({ data }) => data.api)).toEqual(['RenameFile']);
  });

  test('is streamed, and its arrival is one event under its name', async () => {
    const big = 'x'.repeat(9 * 1_048_576 + 7);
    server.on('/big.csv', serving(big));
    const [path = ''] = files(await collect(web('/big.csv')));
    expect(await storage.lake.digest(path)).toBe(createHash('sha256').update(big).digest('hex'));
    const added: string[] = [];
    const durable = { start: async (_: string, id: string) => (added.push(id), true) } as unknown as DurablePort;
    const silent = { debug: () => undefined, info: () => undefined, warn: () => expect.fail('a file went unclaimed') };
    for (const event of storage.events.splice(0)) {
      const full = { eventTime: '2026-01-01T00:00:00Z', ...event };
      await landingBlobCreated(edge, durable, full as never, silent as never);
    }
    expect(added).toContain('collector:iris');
    const waiting = await edge.clients.arrivals.waiting('iris', 100);
    expect(waiting.filter((one) => one.path === path)).toMatchObject([{ size: big.length }]);
    expect(waiting.filter((one) => one.path.includes('_incoming'))).toEqual([]);
  });

  test('gets its headers, with app settings in place of references', async () => {
    server.on('/secret.csv', serving('s\n'));
    const headers = { authorization: { environment: 'SOURCE_TOKEN' }, 'x-plain': 'p' };
    const source = web('/secret.csv', { headers });
    expect(await refused(source)).toMatchObject({
      error: { reason: 'SettingMissing', message: expect.stringMatching(/SOURCE_TOKEN/) },
    });
    settings.SOURCE_TOKEN = 'Bearer t';
    expect(await collect(source)).toMatchObject({ status: 'Changed' });
    expect(server.asked.at(-1)?.headers).toMatchObject({ authorization: 'Bearer t', 'x-plain': 'p' });
  });
});

describe('an address is refused', () => {
  const status = (path: string, code: number, headers = {}) => {
    server.on(path, (_, response) => response.writeHead(code, headers).end('<p>no</p>'));
    return web(path);
  };

  test.each([
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [429, 'TooManyRequests'],
    [500, 'ServerError'],
    [503, 'ServerError'],
    [304, 'UnexpectedStatus'],
    [206, 'UnexpectedStatus'],
  ])('that answers %i', async (code, reason) => {
    expect((await refused(status(`/${code}`, code))).error.reason).toBe(reason);
  });

  test('that wants to be left alone, for as long as it says', async () => {
    const source = status('/busy', 429, { 'retry-after': '600' });
    declared = [{ ...declared[0], schedule: { cron: '* * * * *' } }];
    expect(await refused(source)).toMatchObject({ retryAfterMs: 600_000 });
    const wait = Date.parse((await state(source))?.retryAt ?? '') - Date.now();
    expect(wait).toBeGreaterThan(590_000);
    expect(wait).toBeLessThanOrEqual(600_000);
  });

  test.each([
    ['before it answers', (_: unknown, __: unknown) => undefined],
    ['in the middle', (_: unknown, response: { writeHead: (code: number, h: object) => { write: (t: string) => void } }) => void response.writeHead(200, { 'content-length': 1_000 }).write('a,b\n')], // prettier-ignore
  ])('that hangs %s', async (where, answer) => {
    server.on(`/hang${where.length}`, answer as never);
    const { error } = await refused(web(`/hang${where.length}`));
    expect(error).toMatchObject({ reason: 'Timeout', message: expect.stringMatching(/sent nothing for 1 s/) });
  });

  test('that drips on for longer than the source may take', async () => {
    server.on('/drip', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/csv' });
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect((await refused(web('/drip', { timeout: '400ms' }))).error).toMatchObject({
      reason: 'Timeout',
      hint: expect.stringMatching(/collect\.py/),
    });
  });

  test.each([
    ['with a length', { 'content-length': '1000' }],
    ['in chunks', {}],
  ])('that cuts off %s', async (what, headers) => {
    server.on(`/cut${what}`.replace(/ /g, ''), (_, response) => {
      response.writeHead(200, { 'content-type': 'text/csv', ...headers });
      response.write('a,b\n1,2\n', () => response.destroy());
    });
    expect((await refused(web(`/cut${what}`.replace(/ /g, '')))).error.reason).toBe('CutOff');
  });

  test('that changed while it was read, and is taken the next time', async () => {
    let version = 0;
    server.on('/moving.csv', (request, response) => serving('m\n1\n', { etag: `"${++version}"` })(request, response));
    const source = web('/moving.csv');
    expect((await refused(source)).error.reason).toBe('ChangedWhileRead');
    server.on('/moving.csv', serving('m\n2\n', { etag: '"9"' }));
    expect(await collect(source)).toMatchObject({ status: 'Changed' });
  });

  test('whose file grew while it was read', async () => {
    const at = { 'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT' };
    server.on('/growing.csv', (request, response) =>
      serving(request.method === 'HEAD' ? 'longer' : 'long', at)(request, response),
    );
    expect((await refused(web('/growing.csv'))).error.reason).toBe('ChangedWhileRead');
  });

  test('but not where it keeps no validators, takes no HEAD, or each of its servers has ETags of its own', async () => {
    server.on('/nohead.csv', (request, response) =>
      request.method === 'HEAD' ? response.writeHead(405).end() : serving('n\n', { etag: '"1"' })(request, response),
    );
    expect((await collect(web('/nohead.csv'))).status).toBe('Changed');
    let served = 0;
    const at = { 'last-modified': 'Sun, 01 Mar 2026 12:00:00 GMT' };
    server.on('/many.csv', (request, response) =>
      serving('many\n', { etag: `"${++served}"`, ...at })(request, response),
    );
    expect((await collect(web('/many.csv'))).status).toBe('Changed');
  });

  test.each([
    ['by its type', 'text/html; charset=utf-8', 'sign in'],
    ['by its beginning', 'text/csv', '\n<!DOCTYPE html><title>Sign in</title>'],
  ])('that sends a web page for CSV, known %s', async (what, type, content) => {
    server.on(`/page${what.length}`, serving(content, { 'content-type': type }));
    expect((await refused(web(`/page${what.length}`))).error).toMatchObject({
      reason: 'WrongContent',
      message: expect.stringMatching(/web page/),
    });
  });

  test('that is empty, or larger than it may be, announced or not', async () => {
    server.on('/empty', serving(''));
    expect((await refused(web('/empty'))).error.reason).toBe('EmptyContent');
    server.on('/large', serving('x'.repeat(3_000)));
    expect((await refused(web('/large', { maxSize: '2Ki' }))).error).toMatchObject({
      reason: 'TooLarge',
      hint: expect.stringMatching(/collect\.py/),
    });
    server.on('/endless', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/csv' });
      const more = () => void (response.destroyed || response.write('x'.repeat(1_000), more));
      more();
    });
    expect((await refused(web('/endless', { maxSize: '2Ki' }))).error.reason).toBe('TooLarge');
  });

  test('that nobody listens at', async () => {
    const gone = await startOddServer();
    await gone.close();
    const source = declare({ type: 'https', url: gone.url, as: 'f.csv' });
    expect((await refused(source)).error.reason).toBe('Unreachable');
  });
});

describe('a redirect', () => {
  const redirect = (from: string, location: string) =>
    server.on(from, (_, response) => response.writeHead(302, { location }).end());

  test('is followed, and elsewhere without the headers that may be secret', async () => {
    redirect('/here', '/there');
    redirect('/there', `${other.url}/data.csv`);
    other.on('/data.csv', serving('d\n1\n'));
    expect((await collect(web('/here', { headers: { authorization: 'Bearer t', 'x-key': 'k' } }))).status).toBe(
      'Changed',
    );
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer t', 'Bearer t']);
    expect(other.asked[0]?.headers).not.toHaveProperty('authorization');
    expect(other.asked[0]?.headers).not.toHaveProperty('x-key');
  });

  test.each([
    [
      'in a circle',
      '/1',
      'RedirectLoop',
      [
        ['/1', '/2'],
        ['/2', '/1'],
      ],
    ],
    ['to itself', '/self', 'RedirectLoop', [['/self', '/self']]],
    ['too far', '/far0', 'TooManyRedirects', [0, 1, 2, 3, 4, 5, 6].map((n) => [`/far${n}`, `/far${n + 1}`])],
    ['to a file of this machine', '/file', 'BadRedirect', [['/file', 'file:///etc/passwd']]],
    ['to what is no address', '/odd', 'BadRedirect', [['/odd', 'http://[']]],
    ['to the metadata service', '/meta', 'PrivateAddress', [['/meta', 'http://169.254.169.254/metadata']]],
    ['to it in disguise', '/mapped', 'PrivateAddress', [['/mapped', 'http://[::ffff:169.254.169.254]/']]],
    ['to a private network', '/lan', 'PrivateAddress', [['/lan', 'https://10.0.0.1/']]],
    ['to a number that is this machine', '/number', 'PrivateAddress', [['/number', 'https://2130706434/']]],
  ] as const)('%s is refused', async (_, from, reason, hops) => {
    // prettier-ignore
    for (const [path = '', location = ''] of hops) redirect(path, location);
    expect((await refused(web(from))).error.reason).toBe(reason);
  });
});

describe('a name', () => {
  const send = (allowed: string[], url: string, ...found: string[]) => {
    const resolve = async () => found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const agents = guardedAgents(allowed, resolve);
    return createWeb(allowed, { agents }).send('GET', { url, headers: {}, signal: AbortSignal.timeout(5_000) });
  };

  test.each([['127.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['fd00::1'], ['::ffff:7f00:1']])(
    'that is at %s is refused before anything is sent',
    async (...found) => {
      await expect(send([], `https://data.example:${server.port}/`, ...found)).rejects.toMatchObject({
        reason: 'PrivateAddress',
      });
      expect(server.asked).toEqual([]);
    },
  );

  test('is connected to at the address that was judged, not at one that is looked up again', async () => {
    server.on('/pinned', serving('p\n'));
    const answer = await send(['127.0.0.1'], `http://data.example:${server.port}/pinned`, '127.0.0.1');
    answer.close();
    expect(answer.status).toBe(200);
    expect(server.asked[0]?.headers.host).toBe(`data.example:${server.port}`);
  });

  test('is not asked in the clear, unless it is in a network that is trusted', async () => {
    await expect(send([], 'http://data.example/', '8.8.8.8')).rejects.toMatchObject({ reason: 'NotEncrypted' });
  });

  test('that nobody knows is told', async () => {
    const agents = guardedAgents([], async () =>
      Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' })),
    );
    const asked = createWeb([], { agents }).send('GET', { url: 'https://nowhere.example/', headers: {}, signal: AbortSignal.timeout(5_000) }); // prettier-ignore
    await expect(asked).rejects.toMatchObject({ reason: 'NameNotFound' });
  });
});

describe('a container', () => {
  const container = (folder: string, more: object = {}) =>
    declare({
      type: 'container',
      url: `${storage.url}/elsewhere/${folder}`,
      access: { environment: 'SOURCE_SAS' },
      ...more,
    });
  const put = (name: string, content: string) => storage.lake.write(`elsewhere/${name}`, content);
  const contents = async (outcome: Outcome) => (await Promise.all(files(outcome).map(read))).sort();
  beforeEach(() => (settings.SOURCE_SAS = storage.signature('elsewhere')));

  /** Looks until nothing waits any more, as what was written in the second that goes by has to; answers all that came. */
  async function collectAll(source: string): Promise<Outcome> {
    const came: string[] = [];
    return until(
      'a settled container',
      async () => {
        const outcome = await collect(source);
        came.push(...files(outcome));
        if (outcome.isPartial) return undefined;
        return came.length > 0 ? { ...outcome, status: 'Changed', files: came } : outcome;
      },
      20_000,
    );
  }

  test('is copied as far as it is new, whatever is in it, and only what changed the next time', async () => {
    await put('x/a.csv', 'a');
    await put('x/deep/b ü%20.csv', 'b');
    for (const ignored of ['x/_SUCCESS', 'x/_tmp/c.csv', 'x/.hidden.csv', 'x/readme.txt', 'y/d.csv'])
      await put(ignored, 'no');
    const source = container('x/', { pattern: '*.csv' });
    expect(await contents(await collectAll(source))).toEqual(['a', 'b']);
    expect(await collect(source)).toMatchObject({ status: 'Unchanged' });
    await put('x/a.csv', 'a2');
    await put('x/e.csv', 'e');
    expect(await contents(await collectAll(source))).toEqual(['a2', 'e']);
    expect((await landed()).filter((path) => path.includes('_incoming'))).toEqual([]);
  });

  test('whose file is too large is taken but for that, which comes when it is allowed', async () => {
    await put('z/1.csv', 'x'.repeat(3_000));
    await put('z/2.csv', 'two');
    const source = container('z/', { maxSize: '2Ki' });
    expect(await contents(await collectAll(source))).toEqual(['two']);
    expect(await state(source)).toMatchObject({
      status: 'Changed',
      warnings: [{ reason: 'TooLarge', message: expect.stringMatching(/^z\/1\.csv was not taken/) }],
    });
    expect(await collect(source)).toMatchObject({ status: 'Unchanged', warnings: [{ reason: 'TooLarge' }] });
    declared = [{ ...declared[0], maxSize: '1Mi' }];
    expect(await collectAll(source)).toMatchObject({
      status: 'Changed',
      files: [expect.stringMatching(/1-[0-9a-f]{12}\.csv$/)],
    });
    expect(await collect(source)).toMatchObject({ status: 'Unchanged' });
  });

  test('is read by the pattern of the pipeline, and what its own lets through beside that is told', async () => {
    await put('w/a.txt', 'a');
    await put('w/b.csv', 'b');
    const source = container('w/');
    const silent = await collectAll(source);
    expect(await contents(silent)).toEqual(['b']);
    expect(silent).not.toHaveProperty('warnings');
    const wide = container('w/', { pattern: '*' });
    expect(await contents(await collectAll(wide))).toEqual(['b']);
    expect((await state(wide))?.warnings).toMatchObject([
      { reason: 'NotClaimed', message: expect.stringMatching(/^w\/a\.txt was not taken.*landing\.pattern \*\.csv/) },
    ]);
  });

  test.each([
    ['without its signature', { access: 'anonymous' }, 'NotFound|Forbidden'],
    ['with a wrong one', { access: { environment: 'SOURCE_WRONG' } }, 'Forbidden'],
    ['with one that is not set', { access: { environment: 'SOURCE_UNSET' } }, 'SettingMissing'],
    ['as the app, which shows itself to Azure alone', { access: 'identity' }, 'WrongAccess'],
    ['at a private address', { url: 'https://10.0.0.1/account/c' }, 'PrivateAddress'],
    ['where there is none', { url: 'https://account.blob.core.windows.net', access: 'anonymous' }, 'BadUrl'],
  ])('is refused %s', async (_, more, reason) => {
    settings.SOURCE_WRONG = `${storage.signature('elsewhere').slice(0, -6)}AAAA%3D`;
    expect((await refused(container('x/', more))).error.reason).toMatch(new RegExp(`^(${reason})$`));
  });

  test('that redirects is not followed', async () => {
    const list = '/account/c?comp=list&prefix=x%2F&restype=container';
    server.on(list, (_, response) => response.writeHead(302, { location: `${server.url}/elsewhere` }).end());
    const source = container('', { url: `${server.url}/account/c/x/`, access: 'anonymous' });
    const { error } = await refused(source);
    expect(server.asked.map(({ path }) => path)).toEqual([list]);
    expect(error.reason).toBe('BadRedirect');
  });

  test('of which a file cannot be read, as one of the archive tier, gives the others and tells of that', async () => {
    const blob = (name: string, size: number) =>
      `<Blob><Name>y/${name}</Name><Properties><Etag>"1"</Etag><Content-Length>${size}</Content-Length>` +
      '<Last-Modified>Sun, 01 Mar 2026 12:00:00 GMT</Last-Modified><BlobType>BlockBlob</BlobType></Properties></Blob>';
    const listing =
      '<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="c">' +
      `<Blobs>${blob('a.csv', 1)}${blob('b.csv', 2)}</Blobs><NextMarker /></EnumerationResults>`;
    server.on('/account/c?comp=list&prefix=y%2F&restype=container', (_, response) =>
      response.writeHead(200, { 'content-type': 'application/xml', date: new Date().toUTCString() }).end(listing),
    );
    server.on('/account/c/y/a.csv', (_, response) =>
      response.writeHead(409, { 'x-ms-error-code': 'BlobArchived' }).end(),
    );
    server.on('/account/c/y/b.csv', serving('b\n', { etag: '"1"' }));
    const source = container('', { url: `${server.url}/account/c/y/`, access: 'anonymous' });
    const outcome = await collect(source);
    expect(await contents(outcome)).toEqual(['b\n']);
    expect((await state(source))?.warnings).toMatchObject([
      { reason: 'Unreadable', message: expect.stringMatching(/^y\/a\.csv was not taken\. .*BlobArchived/) },
    ]);
  });
});

describe('a container that is listed as Azure would', () => {
  // The local lake copies what is renamed, with a new time; storage with a hierarchy keeps the old one.
  let listed: ContainerFile[] = [];
  const odd = new Map<string, () => Error>();
  const containers: Containers = {
    open: () => ({
      async list() {
        return {
          at: new Date('2026-03-02T00:00:00Z'),
          files: (async function* () {
            yield* listed;
          })(),
        };
      },
      async read({ name, eTag }) {
        const failure = odd.get(name);
        if (failure) throw failure();
        return (async function* () {
          yield Buffer.from(eTag);
        })();
      },
    }),
  };
  const file = (name: string, time: string, eTag = `${name} ${time}`): ContainerFile => ({
    name,
    eTag,
    size: eTag.length,
    modifiedAt: `2026-03-01T${time}.000Z`,
  });
  const landing: Clients['landing'] = {
    write: (...given) => storage.landing.write(...given),
    drop: (...given) => storage.landing.drop(...given),
    dropOlder: (...given) => storage.landing.dropOlder(...given),
    async reveal(aside, path) {
      if (path.includes('/refused')) throw Object.assign(new Error('a bad name'), { statusCode: 400 });
      await storage.landing.reveal(aside, path);
    },
  };
  const mixed = () => ({ ...edge, clients: { ...edge.clients, containers, landing } });
  const look = (source: string) => collectSource(mixed(), { pipeline: 'iris', source });
  const lookAndKeep = async (source: string) => {
    const outcome = await look(source);
    await edge.clients.sources.save('iris', {
      ...newState(source, new Date(0)),
      ...(await state(source)),
      ...(outcome.seen && { seen: outcome.seen }),
    });
    return outcome;
  };
  const contents = async (outcome: Outcome) => Promise.all(files(outcome).map(read));
  const declareOne = () =>
    declare({ type: 'container', url: 'https://a.blob.core.windows.net/c?sig=SECRET', access: 'anonymous' });
  beforeEach(() => odd.clear());

  test('gives a file that was renamed into place after a later one was taken, once', async () => {
    const source = declareOne();
    listed = [file('a.csv', '10:00:00'), file('c.csv', '12:00:00')];
    expect(await contents(await lookAndKeep(source))).toEqual(listed.map(({ eTag }) => eTag));
    listed = [...listed, file('b.csv', '11:00:00')];
    expect(await contents(await lookAndKeep(source))).toEqual(['b.csv 11:00:00']);
    expect(await lookAndKeep(source)).toMatchObject({ status: 'Unchanged' });
    // Renamed over what was taken already.
    listed = [file('a.csv', '10:30:00'), ...listed.slice(1)];
    expect(await contents(await lookAndKeep(source))).toEqual(['a.csv 10:30:00']);
    expect(await lookAndKeep(source)).toMatchObject({ status: 'Unchanged' });
  });

  test('gives the same after a crash before its row was written, and nothing again that an older release took', async () => {
    const source = declareOne();
    listed = [file('a.csv', '10:00:00'), file('c.csv', '12:00:00')];
    const first = await look(source);
    expect(files(await look(source))).toEqual(files(first));
    const older = declareOne();
    const watermark = { name: 'c.csv', modifiedAt: '2026-03-01T12:00:00.000Z' };
    const seen = { url: 'https://a.blob.core.windows.net/c?sig=SECRET', watermark };
    await edge.clients.sources.save('iris', { ...newState(older, new Date(0)), seen });
    listed = [...listed, file('d.csv', '13:00:00')];
    expect(await contents(await lookAndKeep(older))).toEqual(['d.csv 13:00:00']);
    expect(JSON.stringify(await state(older))).not.toContain('SECRET');
  });

  test.each([
    ['cannot be read', 'archived.csv', 'Unreadable'],
    ['has a name that the lake refuses', 'refused.csv', 'NameRefused'],
  ])('gives what comes after a file that %s', async (_, name, reason) => {
    const source = declareOne();
    odd.set('archived.csv', () => new SourceRefusal('Unreadable', 'It is archived.', 'h'));
    listed = [file(name, '10:00:00'), file('c.csv', '12:00:00')];
    const outcome = await lookAndKeep(source);
    expect(await contents(outcome)).toEqual(['c.csv 12:00:00']);
    expect(outcome).toMatchObject({ status: 'Changed', warnings: [{ reason }] });
    expect(await lookAndKeep(source)).toMatchObject({ status: 'Unchanged' });
  });

  test('stops where the fault is not with one file, and goes on from there', async () => {
    const source = declareOne();
    odd.set('c.csv', () => new SourceRefusal('CutOff', 'It was cut off.', 'h'));
    listed = [file('a.csv', '10:00:00'), file('c.csv', '12:00:00')];
    const failed = await lookAndKeep(source);
    expect(failed).toMatchObject({ status: 'Failed', error: { reason: 'CutOff' } });
    expect(await contents(failed)).toEqual(['a.csv 10:00:00']);
    odd.clear();
    expect(await contents(await lookAndKeep(source))).toEqual(['c.csv 12:00:00']);
  });
});

test('what is secret in an address is in no outcome, no row and no error', async () => {
  settings.SOURCE_SIGNED = `${server.url}/signed.csv?sig=SECRET`;
  const source = declare({ type: 'https', url: { environment: 'SOURCE_SIGNED' }, as: 'f.csv' });
  server.on('/signed.csv?sig=SECRET', serving('s\n1\n', { etag: '"1"' }));
  const outcomes = [await collect(source), await collect(source)];
  expect(outcomes.map(({ status }) => status)).toEqual(['Changed', 'Unchanged']);
  server.on('/signed.csv?sig=SECRET', (_, response) => response.writeHead(404).end());
  outcomes.push(await refused(source));
  expect(JSON.stringify([outcomes, await state(source)])).not.toContain('SECRET');
  // A row of an older release, which has the address in clear, is known and replaced.
  const { address: _, ...seen } = (await state(source))?.seen ?? {};
  const row = { ...newState(source, new Date(0)), seen: { ...seen, url: settings.SOURCE_SIGNED } };
  await edge.clients.sources.save('iris', row);
  server.on('/signed.csv?sig=SECRET', (request, response) =>
    request.headers['if-none-match'] === '"1"' ? response.writeHead(304).end() : response.writeHead(500).end(),
  );
  expect(await collect(source)).toMatchObject({ status: 'Unchanged' });
  expect(JSON.stringify(await state(source))).not.toContain('SECRET');
});

describe('every minute', () => {
  const started: string[] = [];
  let instances: Record<string, { over: boolean; failed?: string }> = {};
  const durable = {
    start: async (_: string, id: string) => (started.push(id), true),
    status: async (id: string) => instances[id],
  } as unknown as DurablePort;
  const tick = (time: string) => startDueCollections(edge, durable, new Date(`2026-03-01T${time}Z`));

  test('what is due is started, once, and a source that was never met waits for its first time', async () => {
    const source = web('/due', { schedule: { cron: '0 * * * *' } });
    expect(await tick('10:30:00')).toEqual({ started: [], interrupted: [] });
    expect((await state(source))?.status).toBe('NeverChecked');
    expect((await tick('10:59:59')).started).toEqual([]);
    expect((await tick('14:00:00')).started).toEqual([`collection:iris:${source}`]);
    const at = '2026-03-01T14:00:01.000Z';
    expect(await beginCollection(edge, { pipeline: 'iris', source, at, byHand: false })).toEqual({
      go: true,
      type: 'https',
    });
    // A crash repeats it; another one, that was started meanwhile, finds it not due.
    expect(await beginCollection(edge, { pipeline: 'iris', source, at, byHand: false })).toMatchObject({ go: true });
    await recordCollection(edge, { pipeline: 'iris', source, outcome: { status: 'Unchanged' }, at });
    expect(
      await beginCollection(edge, { pipeline: 'iris', source, at: at.replace('01.000', '09.000'), byHand: false }),
    ).toMatchObject({ go: false });
    expect((await tick('14:30:00')).started).toEqual([]);
  });

  test('a collection that ended without a word is closed, and tried again', async () => {
    const source = web('/lost', { schedule: { cron: '0 * * * *' } });
    const id = `collection:iris:${source}`;
    await edge.clients.sources.save('iris', {
      ...newState(source, new Date(0)),
      status: 'Running',
      lastCheckedAt: '2026-03-01T09:00:00.000Z',
    });
    instances = { [id]: { over: false } };
    expect((await tick('10:00:00')).interrupted).toEqual([]);
    instances = { [id]: { over: true, failed: 'it broke' } };
    expect((await tick('10:00:00')).interrupted).toEqual([id]);
    expect(await state(source)).toMatchObject({
      status: 'Failed',
      error: { reason: 'Interrupted', message: 'it broke' },
    });
    expect((await tick('10:01:00')).started).toEqual([id]);
  });

  test('a source without its setting is left alone, and one without a schedule too', async () => {
    declared = [
      { name: 'unset', type: 'https', url: { environment: 'SOURCE_X' }, as: 'f.csv', schedule: { cron: '* * * * *' } },
      { name: 'by-hand', type: 'https', url: `${server.url}/a.csv`, as: 'f.csv' },
    ];
    await tick('10:00:00');
    expect((await tick('12:00:00')).started).toEqual([]);
    expect(await state('unset')).toBeUndefined();
    expect(
      await beginCollection(edge, { pipeline: 'iris', source: 'unset', at: '2026-03-01T10:00:00Z', byHand: true }),
    ).toMatchObject({ go: false, because: 'unset is not configured' });
  });
});

test('what a killed collect.py left aside is swept once no script can still write it', async () => {
  declared = [{ name: 'long', type: 'script', timeout: '48h' }];
  const swept: [string, number][] = [];
  const now = new Date('2026-03-04T00:00:00Z');
  const dropOlder = async (folder: string, than: Date) =>
    void swept.push([folder, (now.getTime() - than.getTime()) / 3_600_000]);
  const pipeline = edge.pipelines().pipelines.get('iris');
  if (pipeline) await dropLeftovers({ landing: { dropOlder } as unknown as Clients['landing'] }, pipeline, now);
  expect(swept).toEqual([
    ['landing/iris/_incoming', 1],
    ['landing/iris/_incoming/_script', 49],
  ]);
});

test('what a crash left aside is swept, once it is old, and what is being written stays', async () => {
  for (const name of ['old', 'young']) await storage.lake.write(`landing/iris/_incoming/_${name}`, 'half');
  await edge.clients.landing.dropOlder('landing/iris/_incoming', new Date(Date.now() - 3_600_000));
  expect((await landed()).filter((path) => path.includes('_incoming'))).toHaveLength(2);
  await edge.clients.landing.dropOlder('landing/iris/_incoming', new Date(Date.now() + 10_000));
  expect((await landed()).filter((path) => path.includes('_incoming'))).toEqual([]);
  await edge.clients.landing.dropOlder('landing/nothing/_incoming', new Date());
});
