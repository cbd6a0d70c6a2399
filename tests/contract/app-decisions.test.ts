import { HttpRequest } from '@azure/functions';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reviewRun } from '../../functions/http/handlers/review-run.ts';
import type { Edge } from '../../functions/edge.ts';
import { activeRun } from '../../orchestrations/activities/collect.ts';
import { closeRun } from '../../orchestrations/activities/close.ts';
import type { PinnedRun } from '../../orchestrations/activities/context.ts';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { recordModel } from '../../orchestrations/activities/record.ts';
import { reconcile } from '../../orchestrations/activities/reconcile.ts';
import { openReview, readReview, supersedeReviews } from '../../orchestrations/activities/review.ts';
import { claimRollout } from '../../orchestrations/activities/rollout.ts';
import { validateModel } from '../../orchestrations/activities/validate.ts';
import { createArrivals } from '../../shared/clients/arrivals.ts';
import { createBackfills } from '../../shared/clients/backfills.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import { createModels } from '../../shared/clients/models.ts';
import { createReviews } from '../../shared/clients/reviews.ts';
import { createRuns } from '../../shared/clients/runs.ts';
import { LIFECYCLE_EVENTS, type LifecycleEvent } from '../../shared/lifecycle-events.ts';
import { promotionId, reviewId, runIdOf, runPaths } from '../../shared/names.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import type { Profile } from '../../shared/profile.ts';
import type { Run } from '../../shared/run.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

// What activities and the edge decide, over real tables and a real lake.
let storage: Storage;
let edge: Edge;
let name = '';
let cases = 0;
const published: LifecycleEvent[] = [];
const [older, newer, newest] = ['20260101-000000-abcdef', '20260102-000000-abcdef', '20260103-000000-abcdef'];
const at = '2026-01-01T00:00:00.000Z';

beforeAll(async () => {
  storage = await startStorage('runs', 'models');
  const { lake, open } = storage;
  const clients = {
    lake,
    arrivals: createArrivals(open),
    runs: createRuns(open),
    models: createModels(open),
    reviews: createReviews(open),
    backfills: createBackfills(open, lake),
    events: {
      async publish(event: LifecycleEvent) {
        LIFECYCLE_EVENTS[event.name].parse(event.data);
        published.push(event);
      },
      flush: async () => 0,
    },
    webhook: { send: async () => undefined },
    cluster: () => ({ names: async () => [], remove: async () => undefined, wake: async () => ({ awake: true }) }),
  } as unknown as Clients;
  edge = {
    clients,
    folders: { pipelines: '', runtime: '' },
    lakeUrl: '',
    setting: () => undefined,
    appUrl: 'http://app.test',
    isAuthenticated: false,
    pipelines: () => ({ pipelines: new Map([[name, pipeline({})]]), broken: [] }),
  };
});
afterAll(() => storage.close());
beforeEach(() => {
  name = `p${++cases}`;
  published.length = 0;
});

const pipeline = (validate: object) => pipelineSchema.parse({ name, landing: { prefix: 'p/' }, validate });

/** A durable port that knows these instances, and remembers what it was asked to do. */
function durable(instances: Record<string, { over: boolean; customStatus?: unknown }> = {}) {
  const done: string[] = [];
  const port: DurablePort = {
    start: async (orchestration, id) => done.push(`start ${orchestration} ${id}`) > 0,
    raise: async (id, event) => void done.push(`raise ${event} ${id}`),
    status: async (id) => instances[id],
  };
  return { ...port, done };
}

/** Adds a running run with its pinned facts. */
async function begin(batchId: string, validate: object = {}, pinned: Partial<PinnedRun> = {}): Promise<string> {
  const runId = runIdOf(name, batchId);
  const run: Run = { runId, pipeline: name, batchId, status: 'Running', stages: [], startedAt: at };
  await edge.clients.runs.add(run);
  const batch = { pipeline: name, batchId, runId, createdAt: at, files: [{ path: 'landing/p/a', eTag: '1', size: 1 }] };
  const facts = { runId, pipeline: pipeline(validate), batch, codeDigest: 'sha256:c', ...pinned };
  await storage.lake.write(runPaths(name, batchId).pinned, JSON.stringify(facts));
  return runId;
}

/** A profile of one number whose values lie in these four bins. */
const profile = (batch: string, counts: number[], baseline: string | null = null): Profile => {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const stats = { min: 0, max: 4, mean: 2, std: 1, quantiles: {}, distinct: 4, missing: 0, infinite: 0 };
  const histogram = { edges: [1, 2, 3], counts };
  const feature = { name: 'x', type: 'number' as const, dataType: 'double', count: rows, ...stats, histogram };
  return { version: 1, pipeline: name, batch, baseline, rows, label: null, features: [feature], skipped: [] };
};

/** Makes a version the champion, with the profile of its data. */
async function crown(version: string): Promise<void> {
  await storage.lake.write(
    `models/${name}/${version}/profile.json`,
    JSON.stringify(profile(version, [50, 50, 50, 50])),
  );
  await edge.clients.models.move(name, () => ({ champion: version, championImage: 'registry/serving@sha256:1' }));
}

async function record(batchId: string, metrics: Record<string, number> = { accuracy: 1 }): Promise<void> {
  await recordModel(edge, { runId: runIdOf(name, batchId), metrics, at });
}

const profileOf = (batchId: string, document: unknown) =>
  storage.lake.write(
    runPaths(name, batchId).profile,
    typeof document === 'string' ? document : JSON.stringify(document),
  );

test('a version is recorded with digests and lineage, takes its profile along, and becomes the challenger', async () => {
  const runId = await begin(newer, {}, { champion: older, initialWeights: { path: 'w', version: older } });
  const { model } = runPaths(name, newer);
  await storage.lake.write(`${model}/weights.pt`, 'weights');
  await profileOf(newer, profile(newer, [1, 1, 1, 1]));
  const metrics = { accuracy: 0.9, 'champion.accuracy': 0.8, changedPredictions: 0.1 };
  for (let time = 0; time < 2; time++) await recordModel(edge, { runId, metrics, at });
  expect(await edge.clients.models.get(name, newer)).toMatchObject({
    metrics: { accuracy: 0.9 },
    championMetrics: { accuracy: 0.8 },
    changedPredictions: 0.1,
    digests: { code: 'sha256:c', weights: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    lineage: { batch: runPaths(name, newer).batch, files: 1, baseVersion: older, champion: older },
    status: 'Candidate',
  });
  expect(await storage.lake.stat(`${model}/profile.json`)).toBeDefined();
  expect(await edge.clients.models.aliases(name)).toEqual({ challenger: newer });
});

describe('validation', () => {
  const accuracy = { metrics: { accuracy: { min: 0.9, worseByAtMost: 0.02 } } };
  const good = { accuracy: 0.95, 'champion.accuracy': 0.95, changedPredictions: 0 };
  const judge = async (metrics: Record<string, number>, baselineProblem?: string) => {
    await record(newer);
    const runId = runIdOf(name, newer);
    return validateModel(edge, { runId, metrics, ...(baselineProblem && { baselineProblem }) });
  };

  test('of the first model asks for its metrics alone', async () => {
    await begin(newer, accuracy);
    expect(await judge({ accuracy: 0.95 })).toMatchObject({ gate: { decision: 'pass' } });
    expect(await judge({ accuracy: 0.5 })).toMatchObject({ gate: { decision: 'reject' } });
    expect((await edge.clients.models.get(name, newer))?.gate?.decision).toBe('reject');
  });

  test('of data like the champion’s passes, and of other data asks a person and keeps the report', async () => {
    await crown(older);
    await begin(newer, accuracy, { champion: older });
    await profileOf(newer, profile(newer, [48, 52, 51, 49], older));
    const same = { gate: { decision: 'pass' }, champion: older, drift: { drifted: false, share: 0, features: [] } };
    expect(await judge(good)).toMatchObject(same);
    await profileOf(newer, profile(newer, [2, 3, 5, 190], older));
    const { gate, drift } = await judge(good);
    expect(drift).toMatchObject({ drifted: true, share: 1, features: ['x'] });
    expect(gate.decision).toBe('review');
    expect(gate.reasons.join()).toMatch(/x: PSI/);
    const report = JSON.parse(String(await storage.lake.read(runPaths(name, newer).drift))) as { drifted: boolean };
    expect(report.drifted).toBe(true);
  });

  const normal = () => profile(newer, [50, 50, 50, 50], older);
  const cases: [string, () => Promise<unknown>, RegExp][] = [
    ['a profile that is missing', async () => undefined, /profile\.json is missing: drift cannot be measured/],
    ['a profile that is no JSON', () => profileOf(newer, '{'), /profile\.json is no JSON/],
    [
      'a profile without features',
      () => profileOf(newer, { ...normal(), features: undefined }),
      /profile\.json is not as expected: features/,
    ],
    [
      'a column that was renamed',
      () =>
        profileOf(newer, { ...normal(), features: normal().features.map((feature) => ({ ...feature, name: 'y' })) }),
      /x/,
    ],
    [
      'a champion whose profile is gone',
      async () => {
        await profileOf(newer, normal());
        await edge.clients.models.move(name, () => ({ champion: older.replace('abcdef', 'ffffff') }));
      },
      /is missing: drift cannot be measured/,
    ],
  ];
  test.each(cases)('%s is a reason to ask a person', async (_, prepare, reason) => {
    await crown(older);
    await begin(newer, accuracy, { champion: older });
    await prepare();
    const { gate } = await judge(good);
    expect(gate.decision).toBe('review');
    expect(gate.reasons.join('; ')).toMatch(reason);
  });

  test('says when the champion could not be evaluated, and when another came meanwhile', async () => {
    await crown(older);
    await begin(newer, accuracy, { champion: older });
    await profileOf(newer, normal());
    expect((await judge({ accuracy: 0.95 }, 'weights.pt is gone')).gate).toMatchObject({
      decision: 'review',
      reasons: expect.arrayContaining(['the champion could not be evaluated: weights.pt is gone']),
    });
    const other = older.replace('abcdef', 'aaaaaa');
    await crown(other);
    const { gate, champion } = await judge(good);
    expect(champion).toBe(other);
    expect(gate.reasons.join('; ')).toContain(`the champion changed from ${older} to ${other}`);
  });
});

describe('the claim on a rollout', () => {
  const claim = (batchId: string, over: object = {}) => {
    const runId = runIdOf(name, batchId);
    return claimRollout(edge, { runId, holder: runId, byHand: false, ...over });
  };

  test.each([
    ['a newer batch', older, newer, {}, 'Claimed'],
    ['an older batch', newer, older, {}, 'Superseded'],
    ['an older batch by hand', newer, older, { byHand: true }, 'Claimed'],
    ['a model judged against this champion', older, newer, { judgedAgainst: { champion: older } }, 'Claimed'],
    ['a model judged against another', older, newer, { judgedAgainst: { champion: 'other' } }, 'ChampionChanged'],
    ['a model judged against none', older, newer, { judgedAgainst: {} }, 'ChampionChanged'],
    ['the champion itself, repeated after a crash', newer, newer, { judgedAgainst: { champion: older } }, 'Claimed'],
  ] as const)('of %s', async (_, champion, batchId, over, result) => {
    await crown(champion);
    await begin(batchId);
    expect(await claim(batchId, over)).toMatchObject({ result });
  });

  test('is had by one at a time, is had again by who has it, and stops for a cancellation', async () => {
    await begin(newer);
    const claims = await Promise.all([claim(newer), claim(newer, { holder: 'other' })]);
    expect(claims.map(({ result }) => result).sort()).toEqual(['Claimed', 'Held']);
    const { rollout = '' } = await edge.clients.models.aliases(name);
    expect(await claim(newer, { holder: rollout })).toMatchObject({ result: 'Claimed' });
    await edge.clients.runs.requestCancel(runIdOf(name, newer));
    expect(await claim(newer)).toEqual({ result: 'Cancelled' });
  });
});

describe('a review', () => {
  const times = { requestedAt: at, deadlineAt: '2026-01-04T00:00:00.000Z' };
  const open = async (batchId: string, port = durable()) => {
    const runId = await begin(batchId);
    await record(batchId);
    await openReview(edge, port, { runId, reasons: ['drift'], onDeadline: 'reject', ...times });
    return runId;
  };
  const decide = (runId: string, body: unknown, now = new Date('2026-01-02T00:00:00Z'), port = durable()) =>
    reviewRun(
      edge,
      port,
      new HttpRequest({
        method: 'POST',
        url: 'http://app.test',
        params: { runId },
        body: { string: JSON.stringify(body) },
      }),
      now,
    );

  test('gives up the place of its pipeline, and lets the files that wait go ahead', async () => {
    const port = durable();
    await edge.clients.arrivals.add(name, { path: 'landing/p/b', eTag: '1', size: 1, at, marker: false });
    const runId = await open(older, port);
    expect(await activeRun(edge, name)).toBeUndefined();
    expect(port.done).toEqual([`start collector collector:${name}`]);
    await decide(runId, { decision: 'approved' });
    expect((await activeRun(edge, name))?.runId).toBe(runId);
  });

  test('is decided once: who decided, when and why is kept, and the run is told', async () => {
    const runId = await open(older);
    const port = durable();
    const answer = await decide(runId, { decision: 'approved', comment: 'looks right', by: 'Ada' }, undefined, port);
    expect(answer.status).toBe(202);
    expect(port.done).toEqual([`raise reviewDecided ${reviewId(runId)}`]);
    expect(await readReview(edge, { runId, at })).toMatchObject({
      status: 'Approved',
      decidedBy: 'Ada',
      decidedAt: '2026-01-02T00:00:00.000Z',
      comment: 'looks right',
    });
    await expect(decide(runId, { decision: 'rejected' })).rejects.toMatchObject({
      status: 409,
      message: `The review of ${runId} is over: approved by Ada at 2026-01-02T00:00:00.000Z.`,
    });
  });

  test.each([
    [
      'late',
      async () => decide(await open(older), { decision: 'approved' }, new Date('2026-01-05T00:00:00Z')),
      409,
      /ended at/,
    ],
    [
      'of a run that does not wait',
      async () => decide(await begin(older), { decision: 'approved' }),
      409,
      /does not wait for a review/,
    ],
    ['of no run', () => decide(runIdOf(name, older), { decision: 'approved' }), 404, /no run/],
    ['that is none', async () => decide(await open(older), { decision: 'maybe' }), 400, /decision/],
    ['with an unknown field', async () => decide(await open(older), { decision: 'approved', x: 1 }), 400, /x/],
  ] as const)('refuses a decision %s', async (_, ask, status, message) => {
    await expect(ask()).rejects.toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test('of an older run is overtaken by a newer one that passed, and not the other way round', async () => {
    const [first, second] = [await open(older), await open(newest)];
    const runId = await begin(newer);
    const port = durable();
    expect(await supersedeReviews(edge, port, { runId, at })).toEqual({ superseded: [first] });
    expect(port.done).toEqual([`raise reviewDecided ${reviewId(first)}`]);
    expect((await edge.clients.reviews.get(first))?.status).toBe('Superseded');
    expect((await edge.clients.reviews.get(second))?.status).toBe('Waiting');
  });

  test('ends when its run is cancelled', async () => {
    const runId = await open(older);
    await edge.clients.runs.requestCancel(runId);
    expect((await readReview(edge, { runId, at })).status).toBe('Cancelled');
  });

  test('whose decision the run did not hear of is told by the sweep', async () => {
    const runId = await open(older);
    await decide(runId, { decision: 'approved' });
    const port = durable({ [runId]: { over: false, customStatus: { child: reviewId(runId) } } });
    expect((await reconcile(edge, port, new Date())).woken).toEqual([runId]);
    expect(port.done).toEqual([`raise reviewDecided ${reviewId(runId)}`]);
  });
});

test('a run that did not reach its users takes its challenger along, and its version says how it ended', async () => {
  const runId = await begin(newer);
  await record(newer);
  const progress = { stage: 'validate' as const, stages: [], modelVersion: newer };
  await closeRun(edge, durable(), { runId, at, outcome: { status: 'Rejected' }, progress });
  expect(await edge.clients.models.aliases(name)).toEqual({});
  expect((await edge.clients.models.get(name, newer))?.status).toBe('Rejected');
  expect(published.at(-1)).toMatchObject({ name: 'RunRejected', data: { modelVersion: newer } });
});

test('the sweep gives back the claim of a promotion that died, and leaves one that goes on', async () => {
  await begin(older);
  await crown(older);
  const holder = promotionId(runIdOf(name, newer));
  await begin(newer);
  await edge.clients.models.move(name, ({ championImage: _gone, ...now }) => ({ ...now, rollout: holder }));
  expect((await reconcile(edge, durable({ [holder]: { over: false } }), new Date())).released).toEqual([]);
  expect((await reconcile(edge, durable(), new Date())).released).toEqual([holder]);
  expect(await edge.clients.models.aliases(name)).toEqual({ champion: older });
});
