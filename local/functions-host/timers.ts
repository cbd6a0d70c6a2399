import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from '../durable/clock.ts';
import { triggeredBy, type AppFunction } from './app-function.ts';
import type { TypedData } from './core.ts';
import type { Invoke } from './invoke.ts';
import { nextOccurrence, scheduleOf } from './schedule.ts';

/** The state of a timer as it is stored and handed over. */
interface Status {
  Last: string;
  Next: string;
  LastUpdated: string;
}

export interface TimersOptions {
  functions: AppFunction[];
  dataDir: string;
  invoke: Invoke;
  clock?: Clock;
}

export interface Timers {
  /** What a timer's function is handed when it is started by hand. */
  input(fn: AppFunction): TypedData;
  /** Starts no more calls, and waits for those that run. */
  close(): Promise<void>;
}

const NEVER = '0001-01-01T00:00:00+00:00';
const MINUTE = 60_000;

/** Starts the app's timers. A timer's next call waits for the one before it to end. */
export function startTimers({ functions, dataDir, invoke, clock = systemClock }: TimersOptions): Timers {
  const folder = join(dataDir, 'timers');
  mkdirSync(folder, { recursive: true });
  const running = new Set<Promise<void>>();
  const cancels = new Map<string, () => void>();
  let isClosed = false;

  const fileOf = (fn: AppFunction): string => join(folder, `${fn.name}.json`);
  const store = (fn: AppFunction, status: Status): void => {
    writeFileSync(`${fileOf(fn)}.new`, JSON.stringify(status));
    renameSync(`${fileOf(fn)}.new`, fileOf(fn));
  };

  async function run(fn: AppFunction, time: Date, isPastDue: boolean): Promise<void> {
    await invoke(fn, 'timer', handOver(read(fileOf(fn)), isPastDue));
    if (!isMonitored(fn, time)) return;
    const Next = write(nextOccurrence(scheduleOf(fn.trigger), time));
    store(fn, { Last: write(time), Next, LastUpdated: write(time) });
  }

  function track(fn: AppFunction, time: Date, isPastDue: boolean): void {
    const call = run(fn, time, isPastDue).finally(() => {
      running.delete(call);
      arm(fn, time);
    });
    running.add(call);
  }

  function arm(fn: AppFunction, last: Date): void {
    if (isClosed) return;
    const after = new Date(Math.max(clock.now().getTime(), last.getTime()));
    const due = nextOccurrence(scheduleOf(fn.trigger), after);
    cancels.set(
      fn.name,
      clock.wake(due, () => {
        track(fn, due > clock.now() ? due : clock.now(), false);
      }),
    );
  }

  function start(fn: AppFunction): void {
    const now = clock.now();
    const status = isMonitored(fn, now) ? current(fn, now) : undefined;
    const isPastDue = status !== undefined && Date.parse(status.Next) < now.getTime();
    if (isPastDue || fn.trigger['runOnStartup'] === true) track(fn, now, isPastDue);
    else arm(fn, now);
  }

  /** The stored status; a new timer's, or that of another schedule, begins now. */
  function current(fn: AppFunction, now: Date): Status {
    const schedule = scheduleOf(fn.trigger);
    const stored = read(fileOf(fn));
    const since = stored && Date.parse(stored.Last === NEVER ? stored.LastUpdated : stored.Last);
    if (stored && since && write(nextOccurrence(schedule, new Date(since))) === stored.Next) return stored;
    const status = { Last: NEVER, Next: write(nextOccurrence(schedule, now)), LastUpdated: write(now) };
    store(fn, status);
    return status;
  }

  for (const fn of triggeredBy(functions, 'timertrigger')) start(fn);
  return {
    input: (fn) => handOver(read(fileOf(fn)), false),
    async close() {
      isClosed = true;
      for (const cancel of cancels.values()) cancel();
      await Promise.all(running);
    },
  };
}

/** Timers that fire more often than each minute keep no status. */
function isMonitored({ trigger }: AppFunction, now: Date): boolean {
  const first = nextOccurrence(scheduleOf(trigger), now);
  const second = nextOccurrence(scheduleOf(trigger), first);
  return trigger['useMonitor'] !== false && second.getTime() - first.getTime() >= MINUTE;
}

const handOver = (status: Status | undefined, IsPastDue: boolean): TypedData => ({
  json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: status ?? null, IsPastDue }),
});

const read = (file: string): Status | undefined =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Status) : undefined;

const write = (time: Date): string => time.toISOString().replace(/(\.000)?Z$/, '+00:00');
