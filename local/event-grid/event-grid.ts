import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { systemClock, type Clock } from '../durable/clock.ts';
import { Courier } from './courier.ts';
import { DeliveryStore } from './delivery-store.ts';
import { shapeFor, type GridEvent } from './event-shapes.ts';
import { wants, type Subscription } from './subscription.ts';
import { createTopicApi } from './topic-api.ts';

export type { Subscription } from './subscription.ts';

/** What goes wrong on demand. */
export interface Faults {
  /** So many copies more of each event. */
  duplicate?: number;
  delayMs?: number;
  /** Events published together are sent in another order. */
  shuffle?: boolean;
}

/** How Event Grid is started. */
export interface EventGridOptions {
  /** 0 takes any free one. */
  port: number;
  dataDir: string;
  /** What publishers send as aeg-sas-key. */
  key: string;
  clock?: Clock;
  faults?: Faults;
  random?: () => number;
}

/** An Event Grid that runs. */
export interface EventGrid {
  url: string;
  /** Takes events; once it returns they are kept. */
  publish(topic: string, events: object[]): void;
  /** Replaces all subscriptions. They are remembered: events that come before this is called again wait for them. */
  setSubscriptions(subscriptions: Subscription[]): void;
  setFaults(faults: Faults): void;
  stats(): Record<'published' | 'delivered' | 'failed' | 'deadLettered' | 'dropped' | 'waiting', number>;
  close(): Promise<void>;
}

/** Starts event delivery: custom topics over HTTP, and whatever this process publishes itself. */
export async function startEventGrid(options: EventGridOptions): Promise<EventGrid> {
  const { clock = systemClock, random = Math.random } = options;
  const store = new DeliveryStore(options.dataDir);
  let faults = options.faults ?? {};
  let couriers: Courier[] = [];

  const publish = (topic: string, events: object[]): void => {
    const now = clock.now().getTime();
    const copies = (events as GridEvent[]).flatMap((event) =>
      Array.from({ length: 1 + (faults.duplicate ?? 0) }, () => event),
    );
    const order = faults.shuffle ? shuffled(copies, random) : copies;
    store.atOnce(() => {
      store.count('published', events.length);
      for (const one of store.subscriptions().filter((subscription) => subscription.topic === topic)) {
        const wanted = order.filter((event) => wants(one.filter, event));
        for (const event of wanted) store.add(one.name, shapeFor(one, event), now, now + (faults.delayMs ?? 0));
      }
    });
    // The courier looks after the publisher has been answered.
    setImmediate(() => couriers.forEach((courier) => courier.look()));
  };

  const server = createAdaptorServer({ fetch: createTopicApi(options.key, publish).fetch }) as Server;
  await once(server.listen(options.port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publish,
    setSubscriptions(subscriptions) {
      couriers.forEach((courier) => courier.close());
      store.keep(subscriptions.map(({ deadLetter: _, ...kept }) => kept));
      couriers = subscriptions.map((subscription) => new Courier(subscription, store, clock));
      couriers.forEach((courier) => void courier.start());
    },
    setFaults: (wanted) => void (faults = wanted),
    stats: () => ({
      published: 0,
      delivered: 0,
      failed: 0,
      deadLettered: 0,
      dropped: 0,
      waiting: 0,
      ...store.counts(),
    }),
    async close() {
      couriers.forEach((courier) => courier.close());
      couriers = [];
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      store.close();
    },
  };
}

function shuffled<T>(items: T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
