import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  startEventGrid,
  type EventGrid,
  type EventGridOptions,
  type Subscription,
} from '../../local/event-grid/event-grid.ts';

interface Delivered {
  headers: IncomingHttpHeaders;
  body: unknown;
}

const KEY = 'topic-key';

/** A clock that stands still until it is moved. */
class MovableClock {
  #now = Date.parse('2026-11-24T10:00:00Z');
  #wishes: { at: number; run: () => void }[] = [];

  now = () => new Date(this.#now);
  wake = (at: Date, run: () => void) => {
    const wish = { at: at.getTime(), run };
    this.#wishes.push(wish);
    return () => void (this.#wishes = this.#wishes.filter((other) => other !== wish));
  };
  move(ms: number): void {
    this.#now += ms;
    const due = this.#wishes.filter(({ at }) => at <= this.#now);
    this.#wishes = this.#wishes.filter(({ at }) => at > this.#now);
    for (const { run } of due) run();
  }
}

/** An endpoint that shakes hands and then answers as it is told. */
async function startReceiver(statusOf: (body: unknown) => number = () => 200) {
  const delivered: Delivered[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = JSON.parse((await text(request)) || '[]') as { data: { validationCode: string } }[];
      if (request.method === 'OPTIONS') return response.setHeader('WebHook-Allowed-Origin', '*').end();
      if (request.headers['aeg-event-type'] === 'SubscriptionValidation') {
        return response.end(JSON.stringify({ validationResponse: body[0]?.data.validationCode }));
      }
      delivered.push({ headers: request.headers, body });
      return response.writeHead(statusOf(body)).end();
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, delivered };
}

function subscriptionTo(endpoint: string, more: Partial<Subscription> = {}): Subscription {
  return {
    name: 'one',
    topic: 'custom',
    endpoint,
    filter: {},
    schema: 'EventGridSchema',
    maxDeliveryAttempts: 30,
    eventTimeToLiveInMinutes: 1440,
    ...more,
  };
}

const event = (id: string, subject = '/thing') => ({
  id,
  subject,
  eventType: 'Thing.Happened',
  eventTime: new Date('2026-11-24T10:00:00Z'),
  dataVersion: '1',
  data: { id },
});

describe('Event Grid', () => {
  let dataDir: string;
  let grid: EventGrid;
  const clock = new MovableClock();
  const start = async (options: Partial<EventGridOptions> = {}) =>
    startEventGrid({ port: 0, dataDir, key: KEY, ...options });
  const endpointOf = (topic: string) => `${grid.url}/topics/${topic}/api/events`;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'event-grid-'));
    grid = await start();
  });
  afterEach(async () => {
    await grid.close();
    rmSync(dataDir, { recursive: true });
  });

  const published = (count: number) =>
    vi.waitFor(() => expect(grid.stats()).toMatchObject({ delivered: count, waiting: 0 }), 20_000);

  it("delivers what the publisher's client sends in the Event Grid schema", async () => {
    const { url, delivered } = await startReceiver();
    grid.setSubscriptions([subscriptionTo(url)]);
    const client = new EventGridPublisherClient(endpointOf('custom'), 'EventGrid', new AzureKeyCredential(KEY), {
      allowInsecureConnection: true,
    });
    await client.send([event('a'), event('b')]);
    await published(2);
    expect(delivered[0]).toMatchObject({
      headers: { 'aeg-event-type': 'Notification', 'aeg-subscription-name': 'ONE', 'aeg-delivery-count': '1' },
      body: [
        {
          id: 'a',
          topic: 'custom',
          eventType: 'Thing.Happened',
          eventTime: '2026-11-24T10:00:00.000Z',
          data: { id: 'a' },
          metadataVersion: '1',
        },
      ],
    });
  });

  it("delivers what the publisher's client sends as CloudEvents", async () => {
    const { url, delivered } = await startReceiver();
    grid.setSubscriptions([subscriptionTo(url, { schema: 'CloudEventSchemaV1_0' })]);
    const client = new EventGridPublisherClient(endpointOf('custom'), 'CloudEvent', new AzureKeyCredential(KEY), {
      allowInsecureConnection: true,
    });
    await client.send([{ type: 'Thing.Happened', source: '/us', data: { a: 1 } }]);
    await published(1);
    expect(delivered[0]?.headers['content-type']).toContain('application/cloudevents+json');
    expect(delivered[0]?.body).toMatchObject({
      type: 'Thing.Happened',
      source: '/us',
      specversion: '1.0',
      data: { a: 1 },
    });
  });

  it('refuses a wrong key, events that lack something, and too many bytes', async () => {
    const client = new EventGridPublisherClient(endpointOf('custom'), 'EventGrid', new AzureKeyCredential('wrong'), {
      allowInsecureConnection: true,
    });
    await expect(client.send([event('a')])).rejects.toMatchObject({ statusCode: 401 });
    const post = async (body: string) =>
      (await fetch(endpointOf('custom'), { method: 'POST', headers: { 'aeg-sas-key': KEY }, body })).status;
    expect(await post('[{"id":"a"}]')).toBe(400);
    expect(await post('nonsense')).toBe(400);
    expect(await post(JSON.stringify([{ ...event('a'), data: 'x'.repeat(1_100_000) }]))).toBe(413);
    expect(grid.stats().published).toBe(0);
  });

  it('delivers only what a subscription wants', async () => {
    const { url, delivered } = await startReceiver();
    grid.setSubscriptions([subscriptionTo(url, { filter: { subjectBeginsWith: '/yes/' } })]);
    grid.publish('custom', [event('a', '/yes/1'), event('b', '/no/1')]);
    grid.publish('other', [event('c', '/yes/1')]);
    await published(1);
    expect(delivered.map(({ body }) => (body as { id: string }[])[0]?.id)).toEqual(['a']);
  });

  it('tries again on schedule, then writes a dead letter', async () => {
    await grid.close();
    grid = await start({ clock });
    const { url, delivered } = await startReceiver(() => 500);
    const letters: Record<string, unknown>[] = [];
    const deadLetter = (letter: Record<string, unknown>) => Promise.resolve(void letters.push(letter));
    grid.setSubscriptions([subscriptionTo(url, { maxDeliveryAttempts: 3, deadLetter })]);
    grid.publish('custom', [event('a')]);
    for (const [attempt, wait] of [10_000, 30_000, 0].entries()) {
      await vi.waitFor(() => expect(grid.stats().failed).toBe(attempt + 1));
      expect(delivered.at(-1)?.headers['aeg-delivery-count']).toBe(String(attempt + 1));
      clock.move(wait - 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(delivered).toHaveLength(attempt + 1);
      clock.move(1);
    }
    await vi.waitFor(() => expect(grid.stats()).toMatchObject({ deadLettered: 1, waiting: 0 }));
    expect(letters).toMatchObject([
      {
        id: 'a',
        deadLetterReason: 'MaxDeliveryAttemptsExceeded',
        deliveryAttempts: 3,
        lastDeliveryOutcome: 'GenericError',
        publishTime: expect.any(String) as string,
      },
    ]);
  });

  it('gives an event up at once when the endpoint says that it is bad', async () => {
    const { url } = await startReceiver(() => 400);
    const deadLetter = vi.fn(() => Promise.resolve());
    grid.setSubscriptions([subscriptionTo(url, { deadLetter })]);
    grid.publish('custom', [event('a')]);
    await vi.waitFor(() => expect(grid.stats()).toMatchObject({ failed: 1, deadLettered: 1, waiting: 0 }));
    expect(deadLetter).toHaveBeenCalledWith(
      expect.objectContaining({ deadLetterReason: 'BadRequest', deliveryAttempts: 1 }),
    );
  });

  it('keeps events over a restart, also those that come before the endpoint is there', async () => {
    const { url, delivered } = await startReceiver();
    grid.setSubscriptions([subscriptionTo('http://127.0.0.1:9/nobody')]);
    grid.publish('custom', [event('before')]);
    await grid.close();
    grid = await start();
    grid.publish('custom', [event('after')]);
    expect(grid.stats()).toMatchObject({ published: 2, delivered: 0, waiting: 2 });
    grid.setSubscriptions([subscriptionTo(url)]);
    await published(2);
    expect(delivered).toHaveLength(2);
  });

  it('waits until the endpoint shakes hands', async () => {
    await grid.close();
    grid = await start({ clock });
    const { url } = await startReceiver();
    let ready = false;
    const realFetch = globalThis.fetch;
    vi.spyOn(globalThis, 'fetch').mockImplementation((...args) =>
      ready ? realFetch(...args) : Promise.reject(new Error('not yet')),
    );
    onTestFinished(() => void vi.restoreAllMocks());
    grid.setSubscriptions([subscriptionTo(url)]);
    grid.publish('custom', [event('a')]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(grid.stats()).toMatchObject({ failed: 0, waiting: 1 });
    ready = true;
    clock.move(2_000);
    await published(1);
  });

  it('duplicates and reorders on demand', async () => {
    await grid.close();
    let turn = 0;
    grid = await start({ faults: { duplicate: 1, shuffle: true }, random: () => 1 - ++turn / 100 });
    const { url, delivered } = await startReceiver();
    grid.setSubscriptions([subscriptionTo(url)]);
    grid.publish('custom', [event('a'), event('b'), event('c')]);
    await published(6);
    const ids = delivered.map(({ body }) => (body as { id: string }[])[0]?.id);
    expect(ids.slice(0, 2).sort()).not.toEqual(['a', 'a']);
    expect(ids.sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('delivers ten thousand events that come at once', async () => {
    const { url, delivered } = await startReceiver();
    grid.setSubscriptions([subscriptionTo(url)]);
    const events = Array.from({ length: 10_000 }, (_, index) => event(`event-${index}`));
    const began = Date.now();
    grid.publish('custom', events);
    const kept = Date.now();
    await vi.waitFor(() => expect(grid.stats()).toMatchObject({ delivered: 10_000, waiting: 0 }), {
      timeout: 100_000,
      interval: 100,
    });
    const took = Date.now() - began;
    console.log(
      `10,000 events: kept in ${kept - began} ms, delivered in ${took} ms, ${Math.round(10_000_000 / took)} a second`,
    );
    expect(new Set(delivered.map(({ body }) => (body as { id: string }[])[0]?.id)).size).toBe(10_000);
  });
});
