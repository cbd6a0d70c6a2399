import { createHash } from 'node:crypto';
import type { OrchestrationContext } from 'durable-functions';

type Orchestrator = (ctx: OrchestrationContext) => Generator<unknown, unknown, unknown>;
type Activity = (input: never) => unknown;

interface Retry {
  firstRetryIntervalInMilliseconds: number;
  maxNumberOfAttempts: number;
  backoffCoefficient: number;
}

interface KitTask {
  kind: 'activity' | 'sub' | 'timer' | 'event' | 'any' | 'all';
  name: string;
  yielded: boolean;
  raced: boolean;
  isCompleted: boolean;
  isFaulted: boolean;
  isCanceled?: boolean;
  result?: unknown;
  cancel?(): void;
  done?: Promise<void>;
  start(): Promise<void>;
}

export interface KitOptions {
  input: unknown;
  instanceId?: string;
  activities: Record<string, Activity>;
  orchestrators?: Record<string, Orchestrator>;
  /** External events by virtual time, in milliseconds from the start; all instances hear them by id. */
  events?: { at: number; name: string; instanceId: string; payload?: unknown }[];
  start?: Date;
}

export interface KitRun {
  output: unknown;
  /** Activities in the order in which they were called, with their inputs. */
  calls: { name: string; input: unknown }[];
  statuses: unknown[];
  /** History rows over all generations and children, as the extension counts them. */
  historyRows: number;
  elapsedMs: number;
}

/**
 * Runs an orchestration in virtual time against fake activities. It refuses what the real extension punishes: a task
 * raced twice or gathered after a race, an activity that is never yielded, a timer left running at the end.
 */
export async function runOrchestration(orchestrator: Orchestrator, options: KitOptions): Promise<KitRun> {
  const clock = new VirtualClock(options.start ?? new Date('2026-01-01T00:00:00Z'));
  const world = new World(clock, options);
  for (const { at, name, instanceId, payload } of options.events ?? []) {
    clock.at(clock.start + at, () => world.raise(instanceId, name, payload));
  }
  let settled: { output?: unknown; error?: unknown } | undefined;
  world.run(orchestrator, options.instanceId ?? 'instance', options.input).then(
    (output) => (settled = { output }),
    (error: unknown) => (settled = { error }),
  );
  while (!settled) {
    await quiet();
    if (!settled && !clock.advance()) throw new Error('The orchestration waits for something that never comes');
  }
  if ('error' in settled) throw settled.error;
  return {
    output: settled.output,
    calls: world.calls,
    statuses: world.statuses,
    historyRows: world.rows,
    elapsedMs: clock.now - clock.start,
  };
}

/** Lets every promise that can settle do so. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

class VirtualClock {
  now: number;
  readonly start: number;
  private queue: { at: number; run: () => void }[] = [];

  constructor(start: Date) {
    this.now = this.start = start.getTime();
  }

  at(time: number, run: () => void): () => void {
    const entry = { at: time, run };
    this.queue.push(entry);
    return () => (this.queue = this.queue.filter((other) => other !== entry));
  }

  advance(): boolean {
    const next = this.queue.sort((a, b) => a.at - b.at).shift();
    if (!next) return false;
    this.now = Math.max(this.now, next.at);
    next.run();
    return true;
  }
}

class World {
  readonly calls: KitRun['calls'] = [];
  readonly statuses: unknown[] = [];
  rows = 0;
  private readonly mailboxes = new Map<
    string,
    { waiting: Map<string, ((value: unknown) => void)[]>; kept: Map<string, unknown[]> }
  >();
  private readonly clock: VirtualClock;
  private readonly options: KitOptions;

  constructor(clock: VirtualClock, options: KitOptions) {
    this.clock = clock;
    this.options = options;
  }

  /** Runs an instance over all its generations. */
  async run(orchestrator: Orchestrator, instanceId: string, input: unknown): Promise<unknown> {
    for (let next = { input }; ;) {
      // Events around a continue-as-new are lost, so each generation has an empty mailbox.
      this.mailboxes.set(instanceId, { waiting: new Map(), kept: new Map() });
      const generation = new Generation(this, this.clock, instanceId, next.input);
      const output = await generation.run(orchestrator);
      this.rows += 2;
      if (!generation.continuation) return output;
      next = generation.continuation;
    }
  }

  raise(instanceId: string, name: string, payload: unknown): void {
    const box = this.mailboxes.get(instanceId);
    if (!box) return;
    this.rows += 1;
    // Of two waits for one name the later gets the first event.
    const waiter = box.waiting.get(name)?.pop();
    if (waiter) waiter(payload);
    else box.kept.set(name, [...(box.kept.get(name) ?? []), payload]);
  }

  wait(instanceId: string, name: string): Promise<unknown> {
    const box = this.mailboxes.get(instanceId);
    if (!box) throw new Error(`${instanceId} does not run`);
    const kept = box.kept.get(name);
    if (kept?.length) return Promise.resolve(kept.shift());
    return new Promise((resolve) => box.waiting.set(name, [...(box.waiting.get(name) ?? []), resolve]));
  }

  async activity(name: string, input: unknown): Promise<unknown> {
    this.calls.push({ name, input });
    this.rows += 2;
    const activity = this.options.activities[name];
    if (!activity) throw new Error(`There is no activity ${name}`);
    const output = await activity(json(input) as never);
    return json(output);
  }

  sub(name: string, input: unknown, instanceId: string): Promise<unknown> {
    const orchestrator = this.options.orchestrators?.[name];
    if (!orchestrator) throw new Error(`There is no orchestrator ${name}`);
    this.rows += 2;
    return this.run(orchestrator, instanceId, json(input));
  }
}

class Generation {
  continuation: { input: unknown } | undefined;
  private readonly tasks: KitTask[] = [];
  private guids = 0;
  private readonly world: World;
  private readonly clock: VirtualClock;
  private readonly instanceId: string;
  private readonly input: unknown;

  constructor(world: World, clock: VirtualClock, instanceId: string, input: unknown) {
    this.world = world;
    this.clock = clock;
    this.instanceId = instanceId;
    this.input = input;
  }

  async run(orchestrator: Orchestrator): Promise<unknown> {
    const steps = orchestrator({ df: this.df() } as unknown as OrchestrationContext);
    let step = steps.next();
    while (!step.done) {
      this.world.rows += 2;
      const task = step.value as KitTask;
      task.yielded = true;
      try {
        await this.begin(task);
        step = steps.next(task.kind === 'any' || !task.isFaulted ? task.result : undefined);
      } catch (error) {
        step = steps.throw(error);
      }
    }
    this.refuseLeftovers();
    return json(step.value);
  }

  private begin(task: KitTask): Promise<void> {
    return (task.done ??= task.start().then(() => {
      task.isCompleted = true;
    }));
  }

  private refuseLeftovers(): void {
    for (const task of this.tasks) {
      if ((task.kind === 'activity' || task.kind === 'sub') && !task.done)
        throw new Error(`${task.name} was never yielded`);
      if (task.kind === 'timer' && task.done && !task.isCompleted && !task.isCanceled) {
        throw new Error('A timer was left running: the orchestration would not end before it fires');
      }
    }
  }

  private task(kind: KitTask['kind'], name: string, start: (task: KitTask) => Promise<void>): KitTask {
    const task: KitTask = {
      kind,
      name,
      yielded: false,
      raced: false,
      isCompleted: false,
      isFaulted: false,
      start: () => start(task),
    };
    this.tasks.push(task);
    return task;
  }

  private df() {
    const { world, clock, instanceId } = this;
    const settle = (task: KitTask, work: Promise<unknown>) =>
      work.then((result) => {
        task.result = result;
      });
    const activity = (name: string, input: unknown) =>
      this.task('activity', name, (task) => settle(task, world.activity(name, input)));
    return {
      instanceId,
      isReplaying: false,
      getInput: () => json(this.input),
      get currentUtcDateTime() {
        return new Date(clock.now);
      },
      newGuid: (text: string) => {
        const hex = createHash('sha1').update(`${text}${this.guids++}${clock.now}`).digest('hex');
        return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
      },
      setCustomStatus: (status: unknown) => void world.statuses.push(json(status)),
      continueAsNew: (input: unknown) => (this.continuation = { input: json(input) }),
      callActivity: activity,
      callActivityWithRetry: (name: string, retry: Retry, input: unknown) =>
        this.task('activity', name, (task) => settle(task, this.attempts(name, retry, input))),
      callSubOrchestrator: (name: string, input: unknown, id: string) =>
        this.task('sub', name, (task) => settle(task, world.sub(name, input, id))),
      waitForExternalEvent: (name: string) =>
        this.task('event', name, (task) => settle(task, world.wait(instanceId, name))),
      createTimer: (due: Date) => this.timer(due),
      Task: { any: (tasks: KitTask[]) => this.any(tasks), all: (tasks: KitTask[]) => this.all(tasks) },
    };
  }

  private async attempts(name: string, retry: Retry, input: unknown): Promise<unknown> {
    for (
      let attempt = 1, pause = retry.firstRetryIntervalInMilliseconds;
      ;
      attempt++, pause *= retry.backoffCoefficient
    ) {
      try {
        return await this.world.activity(name, input);
      } catch (error) {
        if (attempt >= retry.maxNumberOfAttempts) throw error;
        this.world.rows += 2;
        await new Promise<void>((resolve) => this.clock.at(this.clock.now + pause, resolve));
      }
    }
  }

  private timer(due: Date): KitTask {
    let drop: () => void = () => undefined;
    const task = this.task('timer', 'timer', () => {
      this.world.rows += 2;
      return new Promise((resolve) => (drop = this.clock.at(due.getTime(), resolve)));
    });
    task.isCanceled = false;
    task.cancel = () => {
      task.isCanceled = true;
      drop();
    };
    return task;
  }

  private any(tasks: KitTask[]): KitTask {
    for (const task of tasks) {
      if (task.raced && task.kind !== 'event')
        throw new Error(`${task.name} was raced already: it would be scheduled again`);
      task.raced = true;
    }
    return this.task('any', 'any', (race) =>
      Promise.race(tasks.map((task) => this.begin(task).then(() => task))).then((winner) => {
        race.result = winner;
      }),
    );
  }

  private all(tasks: KitTask[]): KitTask {
    const raced = tasks.find((task) => task.raced);
    if (raced) throw new Error(`${raced.name} was raced before it is gathered: it would be scheduled again`);
    return this.task('all', 'all', async (gathered) => {
      await Promise.all(tasks.map((task) => this.begin(task)));
      gathered.result = tasks.map(({ result }) => result);
    });
  }
}

/** What a value is after a journey as JSON. */
function json(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
