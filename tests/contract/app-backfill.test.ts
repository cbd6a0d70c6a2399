import { HttpRequest } from '@azure/functions';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { backfillViews } from '../../functions/http/views/backfill-view.ts';
import type { Edge } from '../../functions/edge.ts';
import { postBackfill } from '../../functions/http/handlers/post-backfill.ts';
import { advanceBackfill, partitionsOf } from '../../orchestrations/activities/backfill.ts';
import type { ActivityContext } from '../../orchestrations/activities/context.ts';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { runSchedules } from '../../orchestrations/activities/schedule.ts';
import type { Backfill, BackfillPlan } from '../../shared/backfill.ts';
import { createBackfills } from '../../shared/clients/backfills.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import { createReviews } from '../../shared/clients/reviews.ts';
import { createRuns } from '../../shared/clients/runs.ts';
import { createSchedules } from '../../shared/clients/schedules.ts';
import { parseRunId, runIdOf, runPaths } from '../../shared/names.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import type { Batch } from '../../shared/run.ts';
import type { RunStatus } from '../../shared/status.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

// Backfills and schedules over real tables and a real lake, with a Durable client that remembers what it was asked.
let storage: Storage;
let clients: Clients;
let name = '';
let cases = 0;
let started: string[] = [];
let crash: 'before the start' | undefined;

beforeAll(async () => {
  storage = await startStorage('landing', 'runs');
  const { lake, open } = storage;
  clients = {
    lake,
    runs: createRuns(open),
    reviews: createReviews(open),
    backfills: createBackfills(open, lake),
    schedules: createSchedules(open),
  } as unknown as Clients;
});
afterAll(() => storage.close());
beforeEach(() => {
  name = `p${++cases}`;
  started = [];
  crash = undefined;
});

const durable: DurablePort = {
  async start(_, id) {
    if (crash) throw new Error('the host was killed');
    return started.push(id) > 0;
  },
  raise: async () => undefined,
  status: async () => undefined,
};

function context(schedule?: object): ActivityContext {
  const pipeline = pipelineSchema.parse({ name, landing: { prefix: `${name}/` }, ...(schedule && { schedule }) });
  return { clients, pipelines: () => ({ pipelines: new Map([[name, pipeline]]), broken: [] }) } as never;
}

const drop = (path: string) => clients.lake.write(`landing/${name}/${path}`, path);
const end = async (runId: string, status: RunStatus = 'Succeeded') => {
  for (const next of ['Running', status] as const) {
    await clients.runs.move(runId, (run) => run && { ...run, status: next });
  }
};
const review = (runId: string) =>
  clients.reviews.open({
    runId,
    version: parseRunId(runId)?.batchId ?? '',
    status: 'Waiting',
    reasons: ['drift'],
    requestedAt: '2026-04-01T00:00:00.000Z',
    deadlineAt: '2026-04-04T00:00:00.000Z',
    onDeadline: 'reject',
    link: '',
  });
const batchOf = async (runId: string) => {
  const content = await clients.lake.read(runPaths(name, parseRunId(runId)?.batchId ?? '').batch);
  return (JSON.parse(String(content)) as Batch).files.map(({ path }) => path.slice(`landing/${name}/`.length));
};

const plan = (over: Partial<BackfillPlan> = {}): BackfillPlan => ({
  pipeline: name,
  from: '2026-03-01T00:00:00.000Z',
  to: '2026-03-04T00:00:00.000Z',
  partition: 'day',
  parallel: 1,
  prefix: `landing/${name}/{yyyy}/{MM}/{dd}/`,
  ...over,
});

describe('the partitions of a plan', () => {
  test('are those that have files; hidden and empty ones are none', async () => {
    await drop('2026/03/01/a.csv');
    await drop('2026/03/01/b.csv');
    await drop('2026/03/02/_incoming/../x'.replace('/../', '.'));
    await clients.lake.write(`landing/${name}/2026/03/02/empty.csv`, '');
    await drop('2026/03/03/a.csv');
    await drop('2026/03/04/a.csv');
    const found = await partitionsOf(context(), plan());
    expect(found).toMatchObject([
      { from: '2026-03-01T00:00:00.000Z', files: 2, bytes: 32, status: 'Pending' },
      { from: '2026-03-03T00:00:00.000Z', files: 1 },
    ]);
  });

  test('follow from when files were written where the prefix has no dates', async () => {
    await drop('a.csv');
    const now = Date.now();
    const around = { from: new Date(now - 60_000).toISOString(), to: new Date(now + 60_000).toISOString() };
    const prefix = `landing/${name}/`;
    const total = await partitionsOf(context(), plan({ ...around, prefix, partition: 'hour' }));
    expect(total.map(({ files }) => files)).toEqual([1]);
    expect(await partitionsOf(context(), plan({ prefix }))).toEqual([]);
  });
});

describe('a backfill', () => {
  let backfillId = '';
  const at = '2026-04-01T00:00:00.000Z';
  const look = () => advanceBackfill(context(), durable, { backfillId, at });
  const seen = async () => (await clients.backfills.get(backfillId)) as Backfill;
  const statuses = async () => (await seen()).partitions.map(({ status }) => status);

  async function begin(over: Partial<BackfillPlan> = {}): Promise<void> {
    for (const day of ['01', '02', '03']) await drop(`2026/03/${day}/a.csv`);
    backfillId = runIdOf(name, '20260401-000000-abcdef');
    const partitions = await partitionsOf(context(), plan(over));
    await clients.backfills.add({ ...plan(over), backfillId, status: 'Running', partitions, startedAt: at });
  }

  test('runs its partitions one after the other, each over its files', async () => {
    await begin();
    for (const day of ['01', '02', '03']) {
      expect((await look()).over).toBe(false);
      await look();
      const runId = started.at(-1) ?? '';
      expect(await batchOf(runId)).toEqual([`2026/03/${day}/a.csv`]);
      await end(runId);
    }
    expect(await look()).toEqual({ over: true, detail: '3 of 3 partitions over, 0 running' });
    expect(await seen()).toMatchObject({ status: 'Succeeded', finishedAt: at });
    expect(started).toEqual([...started].sort());
    expect(new Set(started).size).toBe(3);
  });

  test('runs as many at once as it may, and no more beside another run of the pipeline', async () => {
    await begin({ parallel: 2 });
    const other = runIdOf(name, '20260331-000000-abcdef');
    await clients.runs.add({
      runId: other,
      pipeline: name,
      batchId: '20260331-000000-abcdef',
      status: 'Running',
      stages: [],
      startedAt: at,
    });
    await look();
    expect(started).toHaveLength(1);
    await end(other);
    await look();
    expect(started).toHaveLength(2);
    expect(await statuses()).toEqual(['Running', 'Running', 'Pending']);
  });

  test('holds a run in review as one of its own, and says what it waits for', async () => {
    await begin();
    await look();
    const [runId = ''] = started;
    await review(runId);
    await look();
    expect([started, await statuses()]).toEqual([[runId], ['Running', 'Pending', 'Pending']]);
    const [view] = await backfillViews({ clients }, name, [await seen()]);
    expect(view?.waitingFor).toBe(`the review of ${runId}`);
    await clients.reviews.settle(runId, { status: 'Approved', decidedAt: at });
    await end(runId);
    await look();
    expect(started).toHaveLength(2);
    expect((await backfillViews({ clients }, name, [await seen()]))[0]).not.toHaveProperty('waitingFor');
  });

  test('goes on beside the review of a run that is not its own', async () => {
    await begin();
    const batchId = '20260331-000000-abcdef';
    const other = runIdOf(name, batchId);
    await clients.runs.add({ runId: other, pipeline: name, batchId, status: 'Running', stages: [], startedAt: at });
    await review(other);
    await look();
    expect(started).toHaveLength(1);
  });

  test('whose row was lost in a crash is whole again when its request comes again', async () => {
    for (const day of ['01', '02']) await drop(`2026/03/${day}/a.csv`);
    const edge = { ...context(), isAuthenticated: false } as Edge;
    const body = { from: '2026-03-01', to: '2026-03-02', prefix: plan().prefix };
    const post = () => {
      const request = { method: 'POST', url: 'http://app.test/api/x', params: { pipeline: name } };
      const headers = { 'idempotency-key': 'once' };
      return postBackfill(
        edge,
        durable,
        new HttpRequest({ ...request, headers, body: { string: JSON.stringify(body) } }),
      );
    };
    const whole = clients.backfills;
    const createEntity = async () => Promise.reject(new Error('the host was killed'));
    clients.backfills = createBackfills(() => ({ createEntity }) as never, clients.lake);
    await expect(post()).rejects.toThrow('killed');
    clients.backfills = whole;
    const answer = (await post()).jsonBody as { backfillId: string };
    backfillId = answer.backfillId;
    expect((await clients.backfills.list(name, { open: true })).map((it) => it.backfillId)).toEqual([backfillId]);
    await look();
    expect(await statuses()).toEqual(['Running', 'Pending']);
  });

  test('pauses, goes on, and tells which runs did not succeed', async () => {
    await begin();
    await clients.backfills.ask(backfillId, 'pause');
    await look();
    expect([started, (await seen()).status]).toEqual([[], 'Paused']);
    await clients.backfills.ask(backfillId, 'go on');
    for (const status of ['Failed', 'Succeeded', 'Succeeded'] as const) {
      await look();
      await end(started.at(-1) ?? '', status);
    }
    await look();
    expect(await seen()).toMatchObject({ status: 'Failed' });
    expect(await statuses()).toEqual(['Failed', 'Succeeded', 'Succeeded']);
  });

  test('cancelled, it starts nothing more and cancels what runs', async () => {
    await begin();
    await look();
    await clients.backfills.ask(backfillId, 'cancel');
    expect((await look()).over).toBe(false);
    const [runId = ''] = started;
    expect(await clients.runs.cancelRequested(runId)).toBe(true);
    await end(runId, 'Cancelled');
    expect((await look()).over).toBe(true);
    expect(await seen()).toMatchObject({ status: 'Cancelled' });
    expect(started).toHaveLength(1);
  });

  test('killed before a start, it starts that very run later, and no other', async () => {
    await begin();
    crash = 'before the start';
    await expect(look()).rejects.toThrow('killed');
    const chosen = (await seen()).partitions[0]?.runId;
    crash = undefined;
    // The row is there, so that the run counts as active: the sweep starts what was added and not started.
    await look();
    expect((await clients.runs.get(chosen ?? ''))?.status).toBe('Pending');
    expect((await statuses()).slice(0, 2)).toEqual(['Running', 'Pending']);
  });

  test('a partition whose files are gone meanwhile is told as failed and holds up nothing', async () => {
    await begin();
    const { partitions, ...rest } = await seen();
    await clients.backfills.save({
      ...rest,
      partitions: partitions.map((it) => ({ ...it })),
      prefix: 'landing/none/{MM}/{dd}/',
    });
    await look();
    await look();
    await look();
    expect(await statuses()).toEqual(['Failed', 'Failed', 'Failed']);
  });
});

describe('a schedule', () => {
  const daily = { cron: '0 3 * * *', timeZone: 'Europe/Berlin' };
  const look = (time: string, schedule: object = daily) => runSchedules(context(schedule), durable, new Date(time));

  test('begins when it is first seen, and then starts one run each time that it is due', async () => {
    await drop('a.csv');
    expect(await look('2026-03-01T12:00:00Z')).toEqual([]);
    expect(await look('2026-03-02T01:59:00Z')).toEqual([]);
    const [first] = await look('2026-03-02T02:00:00Z');
    expect(started).toEqual([(first as { runId: string }).runId]);
    expect(await batchOf(started[0] ?? '')).toEqual(['a.csv']);
    await end(started[0] ?? '');
    expect(await look('2026-03-02T02:01:00Z')).toEqual([]);
  });

  test('makes good once what was missed, and waits for an active run', async () => {
    await drop('a.csv');
    await look('2026-03-01T12:00:00Z');
    await look('2026-03-05T12:00:00Z');
    expect(started).toHaveLength(1);
    expect(await look('2026-03-06T12:00:00Z')).toEqual([]);
    await end(started[0] ?? '');
    await look('2026-03-06T12:01:00Z');
    expect(started).toHaveLength(2);
  });

  test('goes over the day before where its prefix has dates, and says where nothing is', async () => {
    const dated = { ...daily, timeZone: 'UTC', prefix: `${name}/{yyyy}-{MM}-{dd}/` };
    await drop('2026-03-04/a.csv');
    await look('2026-03-04T12:00:00Z', dated);
    await look('2026-03-05T03:00:00Z', dated);
    expect(await batchOf(started[0] ?? '')).toEqual(['2026-03-04/a.csv']);
    await end(started[0] ?? '');
    expect(await look('2026-03-06T03:00:00Z', dated)).toEqual([
      { pipeline: name, nothing: `landing/${name}/2026-03-05/` },
    ]);
    expect(await look('2026-03-06T03:01:00Z', dated)).toEqual([]);
  });

  describe('with a folder for each day', () => {
    const dated = (cron: string) => ({ cron, prefix: `${name}/{yyyy}-{MM}-{dd}/` });

    test('goes on Monday over all days since Friday', async () => {
      for (const day of ['05', '06', '07', '08', '09']) await drop(`2026-03-${day}/a.csv`);
      await look('2026-03-06T12:00:00Z', dated('0 3 * * MON-FRI'));
      await look('2026-03-09T03:00:00Z', dated('0 3 * * MON-FRI'));
      expect(await batchOf(started[0] ?? '')).toEqual(['06', '07', '08'].map((day) => `2026-03-${day}/a.csv`));
    });

    test('goes after a long run over all days that have passed meanwhile', async () => {
      for (const day of ['04', '05', '06', '07']) await drop(`2026-03-${day}/a.csv`);
      await look('2026-03-04T12:00:00Z', dated('0 3 * * *'));
      await look('2026-03-05T03:00:00Z', dated('0 3 * * *'));
      for (const day of ['06', '07', '08']) await look(`2026-03-${day}T03:00:00Z`, dated('0 3 * * *'));
      expect(started).toHaveLength(1);
      await end(started[0] ?? '');
      await look('2026-03-08T09:00:00Z', dated('0 3 * * *'));
      expect(await batchOf(started[1] ?? '')).toEqual(['05', '06', '07'].map((day) => `2026-03-${day}/a.csv`));
    });

    test('looks again at days that were empty, and not at those that it ran over', async () => {
      await look('2026-03-04T12:00:00Z', dated('0 3 * * *'));
      await look('2026-03-05T03:00:00Z', dated('0 3 * * *'));
      expect(await look('2026-03-06T03:00:00Z', dated('0 3 * * *'))).toEqual([
        { pipeline: name, nothing: `landing/${name}/2026-03-04/ to landing/${name}/2026-03-05/` },
      ]);
      await drop('2026-03-04/late.csv');
      await look('2026-03-07T03:00:00Z', dated('0 3 * * *'));
      expect(await batchOf(started[0] ?? '')).toEqual(['2026-03-04/late.csv']);
      await end(started[0] ?? '');
      await drop('2026-03-07/b.csv');
      await look('2026-03-08T03:00:00Z', dated('0 3 * * *'));
      expect(await batchOf(started[1] ?? '')).toEqual(['2026-03-07/b.csv']);
    });

    test('killed before its run was added, it goes over the same days at the next look', async () => {
      for (const day of ['06', '07', '08', '09']) await drop(`2026-03-${day}/a.csv`);
      await look('2026-03-06T12:00:00Z', dated('0 3 * * MON'));
      const { add } = clients.runs;
      clients.runs.add = async () => Promise.reject(new Error('the host was killed'));
      await expect(look('2026-03-09T03:00:00Z', dated('0 3 * * MON'))).rejects.toThrow('killed');
      clients.runs.add = add;
      await look('2026-03-09T03:01:00Z', dated('0 3 * * MON'));
      expect(await batchOf(started[0] ?? '')).toEqual(['06', '07', '08'].map((day) => `2026-03-${day}/a.csv`));
    });

    test('whose row is of an older release goes on from the time that it names', async () => {
      for (const day of ['04', '05', '06']) await drop(`2026-03-${day}/a.csv`);
      await clients.schedules.keep(name, { at: '2026-03-05T03:00:00.000Z' });
      await look('2026-03-07T03:00:00Z', dated('0 3 * * *'));
      expect(await batchOf(started[0] ?? '')).toEqual(['05', '06'].map((day) => `2026-03-${day}/a.csv`));
    });
  });

  test('killed before its run was added, it adds that very run at the next look', async () => {
    await drop('a.csv');
    await look('2026-03-01T12:00:00Z');
    const { add } = clients.runs;
    clients.runs.add = async () => {
      throw new Error('the host was killed');
    };
    await expect(look('2026-03-02T03:00:00Z')).rejects.toThrow('killed');
    clients.runs.add = add;
    const chosen = (await clients.schedules.last(name))?.runId;
    await look('2026-03-02T03:01:00Z');
    expect(started).toEqual([chosen]);
  });
});
