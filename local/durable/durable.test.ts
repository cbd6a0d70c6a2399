import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrchestrationContext, RetryOptions, Task } from 'durable-functions';
import { startDurable, type Clock, type Durable, type Invocation, type Outcome } from './durable.ts';
import { makeEvent } from './history.ts';
import { openStore } from './store.ts';

const require = createRequire(import.meta.url);
const { Orchestrator } = require('durable-functions/lib/src/orchestrations/Orchestrator.js') as {
  Orchestrator: new (code: unknown) => { handle(input: unknown, context: object): Promise<unknown> };
};

type Code = (context: OrchestrationContext) => Generator<Task, unknown, never>;
interface App {
  orchestrators: Record<string, Code>;
  activities: Record<string, (input: never) => unknown>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** A clock that stands still until it is moved; wishes come true one by one, in order. */
class FakeClock implements Clock {
  at = Date.parse('2026-01-01T00:00:00Z');
  private wishes: { at: number; run: () => void }[] = [];
  now = (): Date => new Date(this.at);
  wake = (at: Date, run: () => void): (() => void) => {
    const wish = { at: at.getTime(), run };
    this.wishes.push(wish);
    return () => {
      this.wishes = this.wishes.filter((other) => other !== wish);
    };
  };
  async advance(by: number): Promise<void> {
    const end = this.at + by;
    for (;;) {
      await settle();
      const next = this.wishes.filter((wish) => wish.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.wishes = this.wishes.filter((wish) => wish !== next);
      this.at = Math.max(this.at, next.at);
      next.run();
    }
    this.at = end;
  }
}

/** Calls the app as the host does, through the real SDK. */
function invoker(app: App): (invocation: Invocation) => Promise<Outcome> {
  return async ({ function: name, kind, input }) => {
    try {
      const call =
        kind === 'activity'
          ? app.activities[name]?.(input as never)
          : new Orchestrator(app.orchestrators[name]).handle(input, {});
      const value = await call;
      return { ok: true, value: value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown) };
    } catch (error) {
      const { message, stack } = error as Error;
      return { ok: false, error: `Result: Failure\nException: ${message}\nStack: ${stack ?? ''}` };
    }
  };
}

let dataDir: string;
let clock: FakeClock;
let engines: Durable[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'durable-'));
  clock = new FakeClock();
  engines = [];
});

afterEach(async () => {
  for (const engine of engines) await engine.close();
  rmSync(dataDir, { recursive: true });
});

function open(
  app: App,
  options: { invoke?: (invocation: Invocation) => Promise<Outcome>; maxConcurrentActivities?: number } = {},
): Durable {
  const names = { orchestrators: Object.keys(app.orchestrators), activities: Object.keys(app.activities) };
  const engine = startDurable({ dataDir, clock, ...names, invoke: invoker(app), ...options });
  engines.push(engine);
  return engine;
}

async function call(engine: Durable, method: string, path: string, body?: unknown) {
  const url = `http://127.0.0.1:7071/runtime/webhooks/durabletask${path}`;
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await engine.fetch(new Request(url, { method, ...init }), new URL(url).pathname.slice(30));
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as Record<string, unknown> };
}

const start = (engine: Durable, name: string, input?: unknown, id = 'one') =>
  call(engine, 'POST', `/orchestrators/${name}/${id}`, input);
const status = async (engine: Durable, id = 'one') => (await call(engine, 'GET', `/instances/${id}`)).body;

describe('timers', () => {
  it('fire in the order of their time, each at its time', async () => {
    const fired: [string, number][] = [];
    const app: App = {
      orchestrators: {
        *sleep(context) {
          const hours = Number(context.df.getInput());
          yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + hours * HOUR));
          yield context.df.callActivity('note', context.df.instanceId);
        },
      },
      activities: { note: (id: string) => fired.push([id, (clock.at - Date.parse('2026-01-01')) / HOUR]) },
    };
    const engine = open(app);
    await start(engine, 'sleep', 3, 'c');
    await start(engine, 'sleep', 1, 'a');
    await start(engine, 'sleep', 2, 'b');
    await clock.advance(HOUR - 1);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual([['a', 1]]);
    await clock.advance(DAY);
    expect(fired).toEqual(Object.entries({ a: 1, b: 2, c: 3 }));
  });

  const review: App = {
    orchestrators: {
      *review(context) {
        const deadline = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 14 * DAY));
        const decision = context.df.waitForExternalEvent('decision');
        const first = yield context.df.Task.any([decision, deadline]);
        if (first !== decision) return 'expired';
        deadline.cancel();
        yield context.df.callActivity('note', 'decided');
        return decision.result;
      },
    },
    activities: { note: (text: string) => text },
  };

  it('of more than six days are taken in steps and end on time', async () => {
    const engine = open(review);
    await start(engine, 'review');
    await clock.advance(14 * DAY - 1);
    expect(await status(engine)).toMatchObject({ runtimeStatus: 'Running' });
    await clock.advance(1);
    expect(await status(engine)).toMatchObject({ runtimeStatus: 'Completed', output: 'expired' });
  });

  it('of more than six days can be cancelled on any of them', async () => {
    for (const day of [1, 4, 10, 13]) {
      const engine = open(review);
      await start(engine, 'review', undefined, `day-${day}`);
      await clock.advance(day * DAY);
      await call(engine, 'POST', `/instances/day-${day}/raiseEvent/decision`, 'approved');
      await clock.advance(0);
      expect(await status(engine, `day-${day}`)).toMatchObject({ runtimeStatus: 'Completed', output: 'approved' });
    }
  });
});

it('waits between attempts as the retry options say, and gives up after the last', async () => {
  const attempts: number[] = [];
  const app: App = {
    orchestrators: {
      *retries(context) {
        const options = {
          firstRetryIntervalInMilliseconds: 1000,
          maxNumberOfAttempts: 6,
          backoffCoefficient: 2,
          maxRetryIntervalInMilliseconds: 5000,
        } as RetryOptions;
        try {
          yield context.df.callActivityWithRetry('fail', options);
          return 'unexpected';
        } catch (error) {
          return (error as Error).message.split('\n')[0];
        }
      },
    },
    activities: {
      fail: () => {
        attempts.push(clock.at - Date.parse('2026-01-01'));
        throw new Error('no luck');
      },
    },
  };
  const engine = open(app);
  await start(engine, 'retries');
  await clock.advance(HOUR);
  expect(attempts).toEqual([0, 1000, 3000, 7000, 12_000, 17_000]);
  expect(await status(engine)).toMatchObject({
    runtimeStatus: 'Completed',
    output: "Activity function 'fail' failed:  no luck ",
  });
});

describe('after a crash', () => {
  const done = new Map<string, number>();
  const story: App = {
    orchestrators: {
      *story(context) {
        const first = yield context.df.callActivity('step', 'first');
        const children = [1, 2].map((n) =>
          context.df.callSubOrchestrator('chapter', n, `${context.df.instanceId}-${n}`),
        );
        const middle = yield context.df.Task.all(children);
        yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + HOUR));
        const event = yield context.df.waitForExternalEvent('go');
        if (context.df.getInput() === 'again') {
          context.df.continueAsNew('last');
          return undefined;
        }
        return [first, middle, event];
      },
      *chapter(context) {
        const options = { firstRetryIntervalInMilliseconds: 1000, maxNumberOfAttempts: 3 } as RetryOptions;
        return yield context.df.callActivityWithRetry(
          'shaky',
          options,
          `${context.df.instanceId} ${String(context.df.getInput())}`,
        );
      },
    },
    activities: {
      step: (name: string) => name,
      shaky: (name: string) => {
        const count = (done.get(name) ?? 0) + 1;
        done.set(name, count);
        if (count % 2 === 1) throw new Error('shaky');
        return name;
      },
    },
  };
  const expected = ['first', ['story-1 1', 'story-2 2'], 'now'];

  /** Plays the story; the engine dies at the given call into the app, before or after it. Returns how many calls there were. */
  async function play(id: string, dieAt: number, isAfter: boolean): Promise<number> {
    let calls = 0;
    let engine: Durable;
    const plain = invoker(story);
    const invoke = async (invocation: Invocation): Promise<Outcome> => {
      const dies = ++calls === dieAt;
      if (dies && !isAfter) await engine.close();
      const outcome = await plain(invocation);
      if (dies && isAfter) await engine.close();
      return outcome;
    };
    engine = open(story, { invoke });
    await start(engine, 'story', 'again', id);
    for (let minute = 0; minute < 300; minute++) {
      await clock.advance(HOUR / 60);
      if (dieAt > 0 && calls >= dieAt) {
        dieAt = 0;
        engine = open(story, { invoke });
        await clock.advance(0);
      }
      const { runtimeStatus, output } = await status(engine, id);
      if (runtimeStatus === 'Completed') {
        expect(output).toEqual(expected);
        return calls;
      }
      if (minute === 100 || minute === 200) await call(engine, 'POST', `/instances/${id}/raiseEvent/go`, 'now');
    }
    throw new Error(`The story did not end: ${JSON.stringify(await status(engine, id))}`);
  }

  it('nothing is lost or done out of order, whenever it comes', async () => {
    const calls = await play('story', 0, false);
    expect(calls).toBeGreaterThan(25);
    for (const isAfter of [false, true]) {
      for (let dieAt = 1; dieAt <= calls; dieAt++) {
        done.clear();
        await play('story', dieAt, isAfter);
      }
    }
  }, 120_000);

  it('timers that came due meanwhile fire in their order', async () => {
    const order: string[] = [];
    const app: App = {
      orchestrators: {
        *later(context) {
          yield context.df.createTimer(
            new Date(context.df.currentUtcDateTime.getTime() + Number(context.df.getInput())),
          );
          yield context.df.callActivity('note', context.df.instanceId);
        },
      },
      activities: { note: (id: string) => order.push(id) },
    };
    const before = open(app);
    await start(before, 'later', 2 * HOUR, 'second');
    await start(before, 'later', HOUR, 'first');
    await clock.advance(0);
    await before.close();
    clock.at += DAY;
    open(app);
    await clock.advance(0);
    expect(order).toEqual(['first', 'second']);
  });
});

const waiting: App = {
  orchestrators: {
    *waiting(context) {
      const value = yield context.df.callActivity('step', 'real');
      const event = yield context.df.waitForExternalEvent('go');
      return [value, event];
    },
  },
  activities: { step: (name: string) => name },
};

describe('messages', () => {
  it('that come twice count once, and those of another execution not at all', async () => {
    const engine = open(waiting);
    await start(engine, 'waiting');
    await clock.advance(0);
    await engine.close();
    const store = openStore(dataDir, 'TestHubName');
    const { executionId } = store.instance('one') ?? { executionId: '' };
    const again = makeEvent('TaskCompleted', clock.now(), { TaskScheduledId: 0, Result: '"duplicate"' });
    store.post('one', executionId, again, clock.at);
    store.post(
      'one',
      'another',
      makeEvent('TaskCompleted', clock.now(), { TaskScheduledId: 0, Result: '"stray"' }),
      clock.at,
    );
    store.close();
    const reopened = open(waiting);
    await clock.advance(0);
    await call(reopened, 'POST', '/instances/one/raiseEvent/go', 1);
    await clock.advance(0);
    expect(await status(reopened)).toMatchObject({ runtimeStatus: 'Completed', output: ['real', 1] });
  });

  it('that come while a generation ends reach the next', async () => {
    const app: App = {
      orchestrators: {
        *again(context) {
          if (context.df.getInput() === 'last') return yield context.df.waitForExternalEvent('go');
          context.df.continueAsNew('last');
          return undefined;
        },
      },
      activities: {},
    };
    const plain = invoker(app);
    const invoke = async (invocation: Invocation): Promise<Outcome> => {
      const outcome = await plain(invocation);
      if ((invocation.input as { input: unknown }).input === null) {
        await call(engine, 'POST', '/instances/one/raiseEvent/go', 'in time');
      }
      return outcome;
    };
    const engine = open(app, { invoke });
    await start(engine, 'again');
    await clock.advance(0);
    expect(await status(engine)).toMatchObject({ runtimeStatus: 'Completed', output: 'in time' });
  });

  it('that make no sense fail the orchestration, not the engine', async () => {
    const engine = open(waiting, { invoke: () => Promise.resolve({ ok: true, value: { isDone: false } }) });
    await start(engine, 'waiting');
    await clock.advance(0);
    expect(await status(engine)).toMatchObject({ runtimeStatus: 'Failed' });
  });

  it('for an execution that was replaced do not reach the new one', async () => {
    const release: (() => void)[] = [];
    const app: App = {
      orchestrators: waiting.orchestrators,
      activities: { step: () => new Promise((resolve) => release.push(() => resolve(release.length))) },
    };
    const engine = open(app);
    await start(engine, 'waiting');
    await clock.advance(0);
    await call(engine, 'POST', '/instances/one/terminate?reason=enough');
    await clock.advance(0);
    expect(await status(engine)).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
    await start(engine, 'waiting');
    await clock.advance(0);
    release[0]?.();
    await call(engine, 'POST', '/instances/one/raiseEvent/go', 'x');
    await clock.advance(0);
    expect(await status(engine)).toMatchObject({ runtimeStatus: 'Running' });
    release[1]?.();
    await clock.advance(0);
    expect(await status(engine)).toMatchObject({ runtimeStatus: 'Completed', output: [2, 'x'] });
  });
});

it('runs no more activities at once than it may', async () => {
  let running = 0;
  let most = 0;
  const app: App = {
    orchestrators: {
      *many(context) {
        return yield context.df.Task.all(Array.from({ length: 10 }, (_, n) => context.df.callActivity('work', n)));
      },
    },
    activities: {
      work: async (n: number) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return n;
      },
    },
  };
  const engine = open(app, { maxConcurrentActivities: 3 });
  await start(engine, 'many');
  for (let i = 0; i < 5; i++) await clock.advance(0);
  expect(await status(engine)).toMatchObject({ runtimeStatus: 'Completed', output: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
  expect(most).toBe(3);
});

it('finds functions whatever the case of their names', async () => {
  const engine = open(waiting);
  await start(engine, 'WAITING');
  await clock.advance(0);
  expect(await status(engine)).toMatchObject({ name: 'WAITING', runtimeStatus: 'Running' });
});

describe('what is not supported', () => {
  it.each([
    ['callHttp', (context: OrchestrationContext) => context.df.callHttp({ method: 'GET', url: 'http://127.0.0.1/' })],
    ['callEntity', (context: OrchestrationContext) => context.df.callEntity({ name: 'n', key: 'k' } as never, 'get')],
    ['nosuch', (context: OrchestrationContext) => context.df.callActivity('nosuch')],
  ])('fails an orchestration with a text that names it: %s', async (name, use) => {
    const app: App = {
      orchestrators: {
        *use(context) {
          return yield use(context);
        },
      },
      activities: {},
    };
    const engine = open(app);
    await start(engine, 'use');
    await clock.advance(0);
    const { runtimeStatus, output } = await status(engine);
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain(name);
  });

  it('fails the start of an orchestrator that is not there, and lists those that are', async () => {
    const engine = open(waiting);
    expect((await start(engine, 'nosuch')).status).toBe(202);
    await clock.advance(0);
    expect(await status(engine)).toMatchObject({ runtimeStatus: 'Failed' });
    expect((await status(engine))['output']).toContain("'waiting'");
  });

  it.each([
    ['GET', '/entities'],
    ['POST', '/instances/one/rewind'],
    ['POST', '/instances/one/restart'],
  ])('is answered with 501: %s %s', async (method, path) => {
    const engine = open({
      orchestrators: {
        *fails(context) {
          yield context.df.callActivity('nosuch');
        },
      },
      activities: {},
    });
    await start(engine, 'fails');
    await clock.advance(0);
    expect(await call(engine, method, path)).toMatchObject({
      status: 501,
      body: { Message: expect.stringContaining('not supported') as string },
    });
  });
});
