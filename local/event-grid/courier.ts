import type { Clock } from '../durable/clock.ts';
import type { Delivery, DeliveryStore } from './delivery-store.ts';
import { afterFailure, outcome } from './retry.ts';
import type { Subscription } from './subscription.ts';
import { send, shakeHands, type Answer } from './webhook.ts';

const AT_ONCE = 16;
const BATCH = 500;
const HANDSHAKE_MS = 2_000;
const DEAD_LETTER_RETRY_MS = 300_000;

/** Carries a subscription's events to its endpoint: some at once, each with a schedule of its own. */
export class Courier {
  readonly #subscription: Subscription;
  readonly #store: DeliveryStore;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<number>();
  #queue: Delivery[] = [];
  #accepted = false;
  #unwake = (): void => undefined;

  constructor(subscription: Subscription, store: DeliveryStore, clock: Clock) {
    this.#subscription = subscription;
    this.#store = store;
    this.#clock = clock;
  }

  /** Begins once the endpoint has agreed to take events; until then they wait. */
  async start(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#accepted = await shakeHands(this.#subscription, this.#clock.now(), this.#stop.signal);
    if (this.#accepted) return this.look();
    if (!this.#stop.signal.aborted) this.#wake(HANDSHAKE_MS, () => void this.start());
  }

  /** Looks for events that are due. */
  look(): void {
    if (!this.#accepted || this.#stop.signal.aborted) return;
    while (this.#underWay.size < AT_ONCE) {
      const next = this.#next();
      if (!next) break;
      this.#underWay.add(next.id);
      void this.#deliver(next);
    }
    if (this.#underWay.size === AT_ONCE) return;
    const now = this.#clock.now().getTime();
    const due = this.#store.nextDue(this.#subscription.name, now);
    if (due !== undefined) this.#wake(due - now, () => this.look());
  }

  close(): void {
    this.#stop.abort();
    this.#unwake();
  }

  #next(): Delivery | undefined {
    if (this.#queue.length === 0) {
      const found = this.#store.due(this.#subscription.name, this.#clock.now().getTime(), BATCH);
      this.#queue = found.filter(({ id }) => !this.#underWay.has(id));
    }
    return this.#queue.shift();
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const tried = { ...delivery, attempts: delivery.attempts + 1 };
    const answer = await send(this.#subscription, tried, this.#stop.signal);
    // What this process did not note is delivered again by the next one.
    if (!this.#stop.signal.aborted) await this.#settle(tried, answer);
    this.#underWay.delete(delivery.id);
    this.look();
  }

  async #settle(delivery: Delivery, { delivered, status }: Answer): Promise<void> {
    if (delivered) return this.#end(delivery.id, 'delivered');
    this.#store.count('failed');
    const now = this.#clock.now();
    const next = afterFailure(delivery, status, this.#subscription, now.getTime());
    if ('at' in next) return this.#store.later(delivery.id, delivery.attempts, next.at);
    if (!this.#subscription.deadLetter) return this.#end(delivery.id, 'dropped');
    try {
      await this.#subscription.deadLetter({
        ...delivery.event,
        deadLetterReason: next.givenUp,
        deliveryAttempts: delivery.attempts,
        lastDeliveryOutcome: outcome(status),
        publishTime: new Date(delivery.publishedAt).toISOString(),
        lastDeliveryAttemptTime: now.toISOString(),
      });
    } catch (error) {
      console.error(`Event Grid keeps event ${delivery.event.id}: its dead letter cannot be written.`, error);
      if (!this.#stop.signal.aborted)
        this.#store.later(delivery.id, delivery.attempts, now.getTime() + DEAD_LETTER_RETRY_MS);
      return;
    }
    this.#end(delivery.id, 'deadLettered');
  }

  #end(id: number, how: string): void {
    if (this.#stop.signal.aborted) return;
    this.#store.atOnce(() => {
      this.#store.remove(id);
      this.#store.count(how);
    });
  }

  #wake(inMs: number, run: () => void): void {
    this.#unwake();
    this.#unwake = this.#clock.wake(new Date(this.#clock.now().getTime() + inMs), run);
  }
}
