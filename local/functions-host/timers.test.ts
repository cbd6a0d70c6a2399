import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAppFunction } from './app-function.ts';
import type { Invoke } from './invoke.ts';
import { startTimers } from './timers.ts';

interface Info {
  ScheduleStatus: { Last: string; Next: string; LastUpdated: string } | null;
  IsPastDue: boolean;
}

/** A clock that stands until it is moved. */
function createClock(start: string) {
  let now = Date.parse(start);
  const alarms = new Set<{ at: number; ring: () => void }>();
  return {
    now: () => new Date(now),
    wake(at: Date, ring: () => void) {
      const alarm = { at: at.getTime(), ring };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    async moveTo(time: string) {
      for (;;) {
        const [next] = [...alarms].filter(({ at }) => at <= Date.parse(time)).sort((a, b) => a.at - b.at);
        if (!next) break;
        now = Math.max(now, next.at);
        alarms.delete(next);
        next.ring();
        await turn();
      }
      now = Date.parse(time);
    },
  };
}

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'timers-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function start(clock: ReturnType<typeof createClock>, options: object, work: () => Promise<unknown> = turn) {
  const calls: (Info & { at: string })[] = [];
  const invoke: Invoke = async (_, __, { json = '' }) => {
    calls.push({ ...(JSON.parse(json) as Info), at: clock.now().toISOString() });
    await work();
    return { ok: true };
  };
  const trigger = { type: 'timerTrigger', name: 't', ...options };
  const functions = [createAppFunction('sweep', { t: { schedule: '', ...trigger } }, () => undefined)];
  return { calls, timers: startTimers({ functions, dataDir, invoke, clock }) };
}

const stored = (): unknown => JSON.parse(readFileSync(join(dataDir, 'timers/sweep.json'), 'utf8'));

describe('a timer', () => {
  it('is called at each occurrence with the occurrence that is being run, and stores the one after it', async () => {
    const clock = createClock('2026-11-24T10:00:30Z');
    const { calls, timers } = start(clock, { schedule: '0 * * * * *' });
    await clock.moveTo('2026-11-24T10:02:10Z');
    expect(
      calls.map(({ at, ScheduleStatus, IsPastDue }) => [at, ScheduleStatus?.Last, ScheduleStatus?.Next, IsPastDue]),
    ).toEqual([
      ['2026-11-24T10:01:00.000Z', '0001-01-01T00:00:00+00:00', '2026-11-24T10:01:00+00:00', false],
      ['2026-11-24T10:02:00.000Z', '2026-11-24T10:01:00+00:00', '2026-11-24T10:02:00+00:00', false],
    ]);
    const time = '2026-11-24T10:02:00+00:00';
    expect(stored()).toEqual({ Last: time, Next: '2026-11-24T10:03:00+00:00', LastUpdated: time });
    await timers.close();
  });

  it('is called once, past due, for all that was missed', async () => {
    const before = createClock('2026-11-24T10:00:30Z');
    await start(before, { schedule: '0 * * * * *' }).timers.close();
    const clock = createClock('2026-11-24T10:07:10Z');
    const { calls, timers } = start(clock, { schedule: '0 * * * * *', runOnStartup: true });
    await turn();
    await clock.moveTo('2026-11-24T10:08:00Z');
    expect(calls.map(({ ScheduleStatus, IsPastDue }) => [ScheduleStatus?.Next, IsPastDue])).toEqual([
      ['2026-11-24T10:01:00+00:00', true],
      ['2026-11-24T10:08:00+00:00', false],
    ]);
    await timers.close();
  });

  it('whose schedule has changed starts anew instead of being past due', async () => {
    const before = createClock('2026-11-24T10:00:30Z');
    await start(before, { schedule: '0 * * * * *' }).timers.close();
    const { calls, timers } = start(createClock('2026-11-24T10:07:10Z'), { schedule: '0 */5 * * * *' });
    await turn();
    expect([calls, stored()]).toMatchObject([[], { Next: '2026-11-24T10:10:00+00:00' }]);
    await timers.close();
  });

  it.each([
    ['*/20 * * * * *', undefined],
    ['0 * * * * *', false],
  ])('%s with useMonitor %s keeps no status', async (schedule, useMonitor) => {
    const clock = createClock('2026-11-24T10:00:30Z');
    const { calls, timers } = start(clock, { schedule, useMonitor });
    await clock.moveTo('2026-11-24T10:01:00Z');
    expect(calls[0]?.ScheduleStatus).toBeNull();
    expect(stored).toThrow();
    await timers.close();
  });

  it('does not begin again while it runs, and the stop waits for it', async () => {
    const clock = createClock('2026-11-24T10:00:30Z');
    let finish: (() => void) | undefined;
    const work = () => new Promise<void>((resolve) => (finish = resolve));
    const { calls, timers } = start(clock, { schedule: '0 * * * * *' }, work);
    await clock.moveTo('2026-11-24T10:05:30Z');
    expect(calls).toHaveLength(1);
    finish?.();
    await turn();
    await clock.moveTo('2026-11-24T10:06:00Z');
    expect(calls).toHaveLength(2);
    let isClosed = false;
    const closing = timers.close().then(() => (isClosed = true));
    await turn();
    expect(isClosed).toBe(false);
    finish?.();
    await closing;
  });
});
