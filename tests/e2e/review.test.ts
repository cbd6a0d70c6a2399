import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Review, Run } from '../../shared/run.ts';
import { startReceiver, type Receiver } from '../kit/receiver.ts';
import { ROOT, RunningPlatform, SAMPLE, until } from '../kit/running-platform.ts';
import { expectServed, predict } from '../kit/served.ts';

const DRIFTED = join(ROOT, 'workloads/pipelines/iris/sample/iris-drifted.csv');

/** From the first model to a drifted one: each test goes on where the one before it ended, as a user would. */
describe('a model that is doubtful', () => {
  const platform = new RunningPlatform(18_200);
  let receiver: Receiver;
  let first: Run;
  let approved: Run;

  beforeAll(async () => {
    receiver = await startReceiver();
    platform.env.REVIEW_WEBHOOK_URL = `${receiver.url}/webhook`;
    await platform.start('--events', `${receiver.url}/events`);
  });
  afterAll(async () => {
    await platform.remove();
    await receiver.close();
  });

  const known = async () => (await platform.runs()).map(({ runId }) => runId);
  const champion = async () => (await platform.models()).aliases.champion;
  // The review is a row and what is waited for a status: one can be seen a moment before the other.
  const inReview = ({ review, waitingFor }: Run) => review?.status === 'Waiting' && waitingFor !== undefined;
  const over = (runId: string) =>
    until('the run to end', async () => {
      const run = (await platform.call('GET', `runs/${runId}`)).body as unknown as Run;
      return run.finishedAt ? run : undefined;
    });
  /** Drops a file and waits for its run to end, or for what is asked. */
  const drop = async (file: string, name: string, when?: (run: Run) => boolean) => {
    const before = await known();
    await platform.drop(`iris/${name}`, readFileSync(file));
    return platform.nextRun(before, when);
  };
  const start = async (body: object, when?: (run: Run) => boolean) => {
    const before = await known();
    const answer = await platform.call('POST', 'pipelines/iris/runs', body);
    expect(answer.status).toBe(202);
    return platform.nextRun(before, when);
  };
  const decide = (runId: string, decision: string, comment?: string) =>
    platform.call('POST', `runs/${runId}/review`, { decision, by: 'Ada', ...(comment && { comment }) });
  const told = (path: string) => receiver.received.filter((one) => one.path.startsWith(path)).map(({ body }) => body);

  test('the sample passes by itself, twice, and the second time nothing has drifted', async () => {
    first = await drop(SAMPLE, 'first.csv');
    expect(first).toMatchObject({ status: 'Succeeded', gate: { decision: 'pass' } });
    const second = await drop(SAMPLE, 'second.csv');
    expect(second).toMatchObject({ status: 'Succeeded', gate: { decision: 'pass' } });
    expect(second.gate?.reasons.join('; ')).toMatch(/no drift from the champion's data \(150 rows\)/);
    expect(await champion()).toBe(second.modelVersion);
    const profile = (await platform.call('GET', `runs/${second.runId}/documents/profile`)).body as unknown as {
      baseline: string;
      rows: number;
      label: string;
    };
    expect(profile).toMatchObject({ baseline: first.modelVersion, rows: 150, label: 'species' });
  });

  test('a drifted sample asks a person, by event and by webhook, while the champion keeps serving', async () => {
    const serving = await champion();
    const run = await drop(DRIFTED, 'drifted.csv', inReview);
    expect(run).toMatchObject({ status: 'Running', stage: 'review', gate: { decision: 'review' } });
    expect(run.waitingFor).toMatch(/^a review until /);
    expect(run.review?.reasons.join('; ')).toMatch(/petal_length: PSI/);
    expect(run.review?.link).toBe(`${platform.endpoints.functions.url}/api/dashboard/#/runs/${run.runId}/review`);
    const asked = { runId: run.runId, version: run.modelVersion, link: run.review?.link };
    await until('the alerts', () => told('/webhook').length > 0 && told('/events').some(isRequest(run.runId)));
    expect(told('/webhook')).toEqual([expect.objectContaining({ type: 'Landfall.ReviewRequested', ...asked })]);
    expect(told('/events').find(isRequest(run.runId))).toMatchObject({
      specversion: '1.0',
      source: '/landfall',
      data: asked,
    });
    const drift = (await platform.call('GET', `runs/${run.runId}/documents/drift`)).body as unknown as {
      features: { name: string; drifted: boolean }[];
    };
    expect(drift.features.filter(({ drifted }) => drifted).map(({ name }) => name)).toContain('petal_length');
    expect(await champion()).toBe(serving);
    await expectServed(platform, serving ?? '');
  });

  test('a run that waits gives up its place, and a newer one that passes overtakes it', async () => {
    const [waiting] = await platform.runs();
    const newer = await drop(SAMPLE, 'third.csv');
    expect(newer).toMatchObject({ status: 'Succeeded' });
    const overtaken = await over(waiting?.runId ?? '');
    expect(overtaken).toMatchObject({ status: 'Superseded', review: { status: 'Superseded', decidedBy: newer.runId } });
    expect(await champion()).toBe(newer.modelVersion);
    const late = await decide(overtaken.runId, 'approved');
    expect(late.status).toBe(409);
    expect(JSON.stringify(late.body)).toContain('superseded');
  });

  test('approving it deploys it, once and after a crash too; who did and why is kept', async () => {
    const run = await drop(DRIFTED, 'drifted-again.csv', inReview);
    const { host } = platform.endpoints.pids;
    process.kill(host, 'SIGKILL');
    await until('a new host that answers', async () => {
      if (platform.endpoints.pids.host === host) return false;
      return (await platform.calm(() => platform.call('GET', `runs/${run.runId}`)))?.status === 200;
    });
    expect((await decide(run.runId, 'maybe')).status).toBe(400);
    expect((await decide(first.runId, 'approved')).status).toBe(409);
    const answer = await decide(run.runId, 'approved', 'new instrument');
    expect(answer.status).toBe(202);
    expect((await decide(run.runId, 'rejected')).status).toBe(409);
    approved = await over(run.runId);
    const decided: Partial<Review> = { status: 'Approved', decidedBy: 'Ada', comment: 'new instrument' };
    expect(approved).toMatchObject({ status: 'Succeeded', review: decided });
    const model = await platform.call('GET', `models/iris/${approved.modelVersion}`);
    expect(model.body).toMatchObject({
      status: 'Deployed',
      review: decided,
      lineage: { files: [{ path: 'landing/iris/drifted-again.csv' }] },
      championMetrics: { accuracy: expect.any(Number) as number },
    });
    expect(await champion()).toBe(approved.modelVersion);
    await expectServed(platform, approved.modelVersion ?? '');
  });

  test('rejecting it does not', async () => {
    const run = await drop(SAMPLE, 'back-to-normal.csv', inReview);
    expect((await decide(run.runId, 'rejected', 'wrong data')).status).toBe(202);
    const ended = await over(run.runId);
    expect(ended).toMatchObject({
      status: 'Rejected',
      error: { stage: 'review', message: 'Ada rejected the model: wrong data.' },
    });
    expect(await champion()).toBe(approved.modelVersion);
    expect((await predict(platform)).version).toBe(approved.modelVersion);
    const { body } = await platform.call('GET', `models/iris/${ended.modelVersion}`);
    expect(body).toMatchObject({ status: 'Rejected' });
  });

  test('letting it expire does not either', async () => {
    const file = join(platform.pipelines, 'iris/pipeline.yaml');
    const declared = readFileSync(file, 'utf8');
    writeFileSync(file, declared.replace('validate:\n', 'validate:\n  review: { deadline: 2s }\n'));
    const ended = await start({ files: ['landing/iris/first.csv'] });
    writeFileSync(file, declared);
    expect(ended).toMatchObject({
      status: 'Expired',
      review: { status: 'Expired' },
      error: { reason: 'ReviewExpired' },
    });
    expect(await champion()).toBe(approved.modelVersion);
  });

  test('a run that waits for a review can be cancelled', async () => {
    const run = await start({ files: ['landing/iris/first.csv'] }, inReview);
    expect((await platform.call('POST', `runs/${run.runId}/cancel`)).status).toBe(202);
    expect(await over(run.runId)).toMatchObject({ status: 'Cancelled', review: { status: 'Cancelled' } });
  });

  test('a bad model is rejected, whoever would approve it', async () => {
    const parameters = { train: { epochs: 1, learningRate: 0.000_001 } };
    const ended = await start({ files: ['landing/iris/drifted.csv'], parameters });
    expect(ended).toMatchObject({ status: 'Rejected', error: { stage: 'validate', reason: 'GateRejected' } });
    expect(ended.gate?.reasons.join('; ')).toMatch(/accuracy .* is below the minimum 0\.9/);
    expect((await decide(ended.runId, 'approved')).status).toBe(409);
    const promoted = await platform.call('POST', `models/iris/${ended.modelVersion}/promote`);
    expect(promoted.status).toBe(409);
    expect(await champion()).toBe(approved.modelVersion);
  });

  test('an earlier version is brought back by hand, and answers as it did', async () => {
    const back = first.modelVersion ?? '';
    const answer = await platform.call('POST', `models/iris/${back}/promote`);
    expect(answer.status).toBe(202);
    expect((await platform.call('POST', `models/iris/${back}/promote`)).status).toBe(409);
    await until('the promotion to end', async () => {
      const { promotion } = (await platform.call('GET', `models/iris/${back}`)).body as unknown as {
        promotion: { status: string; error?: { message: string } };
      };
      if (promotion.status === 'Failed') throw new Error(promotion.error?.message);
      return promotion.status === 'Succeeded';
    });
    expect(await champion()).toBe(back);
    await expectServed(platform, back);
    expect((await platform.call('POST', `models/iris/${back}/promote`)).status).toBe(409);
    expect((await platform.call('POST', 'models/iris/nothing/promote')).status).toBe(404);
    const isPromotion = (event: Record<string, unknown>) =>
      event.type === 'Landfall.ModelPromoted' && (event.data as { byHand: boolean }).byHand;
    await until('the event', () => told('/events').some(isPromotion));
    expect(told('/events').find(isPromotion)?.data).toMatchObject({ version: back, replaced: approved.modelVersion });
  });

  test('a run goes on from the champion’s weights when it is asked to, and not from weights that are not there', async () => {
    const tuned = await start({ files: ['landing/iris/second.csv'], initialWeights: 'champion' });
    expect(tuned).toMatchObject({ status: 'Succeeded' });
    const { body } = await platform.call('GET', `models/iris/${tuned.modelVersion}`);
    expect(body).toMatchObject({ lineage: { baseVersion: first.modelVersion } });
    const files = ['landing/iris/second.csv'];
    const gone = await start({ files, initialWeights: 'models/iris/nothing/weights.pt' });
    expect(gone).toMatchObject({ status: 'Failed', error: { stage: 'collect', reason: 'WeightsMissing' } });
    const odd = await platform.call('POST', 'pipelines/iris/runs', { files, initialWeights: '../etc' });
    expect(odd.status).toBe(400);
  });

  test('weights that are none fail the training with the reason', async () => {
    await platform.lake.getFileSystemClient('models').getFileClient('iris/odd/weights.pt').upload(Buffer.from('none'), {
      close: true,
    });
    const run = await start({ files: ['landing/iris/second.csv'], initialWeights: 'models/iris/odd/weights.pt' });
    expect(run).toMatchObject({ status: 'Failed', error: { stage: 'train', reason: 'BadWeights' } });
  });

  test('what became of a file is told: when it came, and the runs and models that saw it', async () => {
    const { body } = await platform.call('GET', 'arrivals?path=landing/iris/first.csv');
    const { value, runs } = body as unknown as {
      value: { runId: string }[];
      runs: { runId: string; status: string }[];
    };
    expect(value.map(({ runId }) => runId)).toEqual([first.runId]);
    expect(runs.map(({ status }) => status)).toEqual(['Cancelled', 'Expired', 'Succeeded']);
    expect((await platform.call('GET', 'arrivals')).status).toBe(400);
    expect((await platform.call('GET', 'arrivals?path=landing/iris/never.csv')).body).toMatchObject({ value: [] });
    expect((await platform.call('GET', `runs/${first.runId}/documents/secrets`)).status).toBe(404);
  });

  test('every event is one of those that are documented, and every run’s end is told once', async () => {
    const runs = await platform.runs();
    const ends = () => told('/events').filter(({ type }) => /Landfall\.Run(?!Started)/.test(String(type)));
    await until('the last event', () => new Set(ends().map(({ id }) => id)).size >= runs.length);
    const documented = (type: string) =>
      JSON.parse(readFileSync(join(ROOT, `docs/events/${type.replace('Landfall.', '')}.schema.json`), 'utf8')) as {
        title: string;
      };
    for (const { type } of told('/events')) expect(documented(String(type)).title).toBe(type);
    expect(ends().map(({ type }) => type)).toEqual(
      expect.arrayContaining(['Landfall.RunSucceeded', 'Landfall.RunExpired', 'Landfall.RunSuperseded']),
    );
  });
});

function isRequest(runId: string) {
  return ({ type, data }: Record<string, unknown>): boolean =>
    type === 'Landfall.ReviewRequested' && (data as { runId: string }).runId === runId;
}
