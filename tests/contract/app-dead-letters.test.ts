import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Edge } from '../../functions/edge.ts';
import { replayDeadLetters } from '../../functions/timers/replay-dead-letters.ts';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { createArrivals } from '../../shared/clients/arrivals.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import { createDeadLetters } from '../../shared/clients/dead-letters.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

// Letters as Event Grid writes them, over a real lake and real tables.
let storage: Storage;
let edge: Edge;
let said: string[] = [];
let done: string[] = [];
let isDown = false;

beforeAll(async () => {
  storage = await startStorage('landing', 'deadletter');
  const clients = {
    lake: storage.lake,
    arrivals: createArrivals(storage.open),
    deadLetters: createDeadLetters(storage.place, storage.identity),
  } as unknown as Clients;
  const pipeline = pipelineSchema.parse({ name: 'iris', landing: { prefix: 'iris/' } });
  edge = { clients, pipelines: () => ({ pipelines: new Map([['iris', pipeline]]), broken: [] }) } as unknown as Edge;
});
afterAll(() => storage.close());
beforeEach(() => {
  [said, done, isDown] = [[], [], false];
});

const durable = {
  async start(_: string, id: string) {
    if (isDown) throw new Error('the task hub is down');
    return done.push(`start ${id}`) > 0;
  },
  raise: async (id: string) => void done.push(`raise ${id}`),
} as unknown as DurablePort;
const say = (line: string) => void said.push(line);
const replay = () =>
  replayDeadLetters(edge, durable, { debug: () => undefined, info: say, warn: say, error: say } as never);
const letters = async (folder = '') =>
  (await storage.lake.list(`deadletter/${folder}`)).map(({ path }) => path.slice('deadletter/'.length));
const waiting = async () => (await edge.clients.arrivals.waiting('iris', 100)).map(({ path }) => path).sort();

const event = (container: string, path: string, api = 'FlushWithClose') => ({
  id: path,
  topic: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/lake',
  subject: `/blobServices/default/containers/${container}/blobs/${path}`,
  eventType: api === 'RenameFile' ? 'Microsoft.Storage.BlobRenamed' : 'Microsoft.Storage.BlobCreated',
  eventTime: '2026-03-01T12:00:00Z',
  data: { api, ...(api !== 'RenameFile' && { eTag: `"${path}"`, contentLength: 3 }) },
  deadLetterReason: 'MaxDeliveryAttemptsExceeded',
  deliveryAttempts: 30,
});
const post = (name: string, content: unknown) =>
  storage.lake.write(`deadletter/${name}`, typeof content === 'string' ? content : JSON.stringify(content));

describe('dead letters', () => {
  test('are taken as events are, once however often, and put away', async () => {
    await storage.lake.write('landing/iris/renamed ü%.csv', 'abc');
    const first = 'LANDINGBLOBCREATED/2026/3/1/5/11111111-1111-1111-1111-111111111111.json';
    await post(first, [event('landing', 'iris/a b%20ü.csv'), event('landing', 'iris/renamed ü%.csv', 'RenameFile')]);
    await post('jobResultCreated/2026-03-01T12:00:00.000Z.json', [
      event('runs', 'iris/iris-20260301-120000-abcdef/train/1/result.json'),
    ]);
    await replay();
    expect(await waiting()).toEqual(['landing/iris/a b%20ü.csv', 'landing/iris/renamed ü%.csv']);
    expect(new Set(done)).toEqual(new Set(['start collector:iris', 'raise iris-20260301-120000-abcdef:train:1']));
    expect(said.join('\n')).toMatch(/replayed .*iris\/a b%20ü\.csv/);
    expect((await letters('replayed')).sort()).toEqual([
      `replayed/${first}`,
      'replayed/jobResultCreated/2026-03-01T12:00:00.000Z.json',
    ]);
    expect(await edge.clients.deadLetters.waiting(10)).toEqual([]);
    // As after a crash between the row and the move.
    await post(first, [event('landing', 'iris/a b%20ü.csv')]);
    await replay();
    expect(await waiting()).toHaveLength(2);
  });

  test('that hold no events are put aside, told once, and hold up no other', async () => {
    await post('A/1.json', '{"no":"array"}');
    await post('A/2.json', 'no json');
    await post('A/3.json', [event('landing', 'iris/after.csv')]);
    await replay();
    expect(await waiting()).toContain('landing/iris/after.csv');
    expect((await letters('unreadable')).sort()).toEqual(['unreadable/A/1.json', 'unreadable/A/2.json']);
    expect(said.filter((line) => line.includes('holds no events'))).toHaveLength(2);
    said = [];
    await replay();
    expect(said).toEqual([]);
  });

  test('that cannot be taken now stay, and are taken later', async () => {
    isDown = true;
    await post('A/4.json', [event('landing', 'iris/later.csv')]);
    await replay();
    expect(said.join('\n')).toMatch(/A\/4\.json could not be replayed.*the task hub is down/);
    expect(await edge.clients.deadLetters.waiting(10)).toEqual(['A/4.json']);
    isDown = false;
    await replay();
    expect(await edge.clients.deadLetters.waiting(10)).toEqual([]);
    expect(done).toContain('start collector:iris');
  });

  test('of many some are taken at a time', async () => {
    for (let index = 0; index < 5; index++) await post(`B/${index}.json`, [event('landing', `iris/${index}.csv`)]);
    expect(await edge.clients.deadLetters.waiting(3)).toHaveLength(3);
  });
});
