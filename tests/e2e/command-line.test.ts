import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../shared/run.ts';
import { ROOT, RunningPlatform, SAMPLE, until } from '../kit/running-platform.ts';

const DRIFTED = join(ROOT, 'workloads/pipelines/iris/sample/iris-drifted.csv');
const FLOWER = '[[5.1,3.5,1.4,0.2]]';

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** A newcomer's walk in the command line alone: each test goes on where the one before it ended. */
describe('the command line', () => {
  const platform = new RunningPlatform(19_200);
  /** What runs of the walk are called, as its output tells. */
  const runs: Record<'first' | 'drifted', string> = { first: '', drifted: '' };
  const versions: Record<'first' | 'drifted', string> = { first: '', drifted: '' };

  beforeAll(() => platform.start());
  afterAll(() => platform.remove());

  const begin = (...args: string[]): { child: ChildProcess; ended: Promise<Ended>; said: () => string } => {
    const words = ['cli/landfall.mjs', ...args, '--state', join(platform.state, 'state')];
    const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    child.stdin.end();
    return {
      child,
      said: () => said.out,
      ended: new Promise((done) => child.once('close', (code) => done({ code, ...said }))),
    };
  };
  const landfall = (...args: string[]) => begin(...args).ended;
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, out, err } = await landfall(...args, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as T;
  };
  const serving = async () => (await json<{ version: string }>('predict', 'iris', '--instances', FLOWER)).version;

  test('everything is well, and nothing serves yet', async () => {
    expect(await landfall('doctor')).toMatchObject({
      code: 0,
      out: expect.stringContaining('✔ cluster training') as string,
    });
    expect((await landfall('pipelines')).out).toMatch(/iris +enabled +landing\/iris\//);
    expect((await landfall('runs')).out).toBe('There are no runs.\n');
    expect((await landfall('predict', 'iris', '--instances', FLOWER)).code).toBe(3);
  });

  test('a dropped sample is followed to a prediction', async () => {
    const { code, out, err } = await landfall('drop', SAMPLE, '--follow');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^dropped landing\/iris\/iris\.csv \(/m);
    for (const stage of ['collect', 'process', 'train', 'record', 'validate', 'build', 'rollout'])
      expect(out.match(new RegExp(`^ {2}✔ ${stage} +\\d[\\d. min]* s`, 'gm'))).toHaveLength(1);
    runs.first = /^Run (iris-\S+)$/m.exec(out)?.[1] ?? '';
    versions.first = /A prediction, made over HTTP by version (\S+):/.exec(out)?.[1] ?? '';
    expect(await serving()).toBe(versions.first);
  });

  test('what the run did is shown: itself, its model, its documents, its logs, its file', async () => {
    expect((await landfall('run', runs.first)).out).toMatch(/^iris-\S+ {2}Succeeded\n/);
    const batch = await json<{ files: { path: string }[] }>('run', runs.first, '--document', 'batch');
    expect(batch.files.map(({ path }) => path)).toEqual(['landing/iris/iris.csv']);
    const models = await landfall('models', 'iris');
    expect(models.out).toMatch(new RegExp(`${versions.first} +Deployed +champion`));
    expect((await landfall('models', 'iris', versions.first)).out).toContain('landing/iris/iris.csv');
    const log = await json<{ stage: string; pods: { lines: string[] }[] }>('logs', runs.first);
    expect(log).toMatchObject({ stage: 'train' });
    expect(log.pods.flatMap(({ lines }) => lines).length).toBeGreaterThan(0);
    const process = await landfall('logs', runs.first, 'process', '--follow');
    expect(process).toMatchObject({ code: 0, out: expect.stringMatching(/\S/) as string });
    expect((await landfall('arrivals', 'iris/iris.csv')).out).toContain(`${runs.first}  Succeeded`);
    expect((await landfall('waiting', 'iris')).out).toBe('Nothing waits.\n');
  });

  test('drifted data ask for a review, and the terminal says how to answer', async () => {
    const { code, out } = await landfall('drop', DRIFTED, '--follow', '--until-review');
    expect(code).toBe(1);
    runs.drifted = /^Run (iris-\S+)$/m.exec(out)?.[1] ?? '';
    expect(out).toMatch(
      /\? review +a person must decide until .*, or the model is rejected:\n(.*\n)*.*petal_length: PSI/,
    );
    expect(out).toContain(`review ${runs.drifted} --approve`);
    const shown = await landfall('review', runs.drifted);
    expect(shown.out).toMatch(/METRIC +THIS MODEL +CHAMPION .*\n(.*\n)*accuracy +[\d.]+ +[\d.]+/);
    expect(shown.out).toContain(versions.first);
    expect(shown.out).toMatch(/! petal_length +[\d.]+ > [\d.]+/);
    expect((await landfall('runs')).out).toContain('waits for a review');
    expect(await serving()).toBe(versions.first);
  });

  test('approving it is followed until it serves', async () => {
    const decide = ['review', runs.drifted, '--approve', '--comment', 'a new instrument', '--by', 'Ada'];
    const { code, out } = await landfall(...decide, '--follow');
    expect(code).toBe(0);
    expect(out).toMatch(/approved by Ada at .*: a new instrument\n/);
    versions.drifted = /A prediction, made over HTTP by version (\S+):/.exec(out)?.[1] ?? '';
    expect(versions.drifted).not.toBe(versions.first);
    expect(await serving()).toBe(versions.drifted);
    const again = await landfall(...decide);
    expect(again).toMatchObject({ code: 3, err: expect.stringMatching(/\n {2}→ /) as string });
  });

  test('the old model is brought back', async () => {
    const { code, out } = await landfall('promote', 'iris', versions.first, '--follow');
    expect(code).toBe(0);
    expect(out).toContain(`✔ iris ${versions.first} serves after`);
    expect(await serving()).toBe(versions.first);
    const models = await json<{ aliases: { champion: string } }>('models', 'iris');
    expect(models.aliases.champion).toBe(versions.first);
    expect((await landfall('promote', 'iris', versions.first)).code).toBe(3);
  });

  test('a run is repeated from a stage on, and taken over is what it did before', async () => {
    const { code, out } = await landfall('rerun', runs.first, '--from-stage', 'train', '--to-stage', 'validate', '-f');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`✔ process .*taken over from ${runs.first}`));
    expect(out).toMatch(/✔ validate/);
    expect(out).not.toMatch(/✔ rollout/);
    expect(await serving()).toBe(versions.first);
  });

  test('a run that is started by hand is seen by who follows all of them, and can be cancelled', async () => {
    const watch = begin('runs', '--follow');
    await until('the watch to have begun', () => watch.said().includes('Following every run'));
    const args = ['start', 'iris', '--file', 'iris/iris.csv', '--no-cache', '-p', 'train.epochs=500', '--json'];
    const { runId } = JSON.parse((await landfall(...args)).out) as { runId: string };
    await until('the watch to tell of it', () => watch.said().includes(`Run ${runId}`));
    const cancelled = await landfall('cancel', runId, '--follow');
    expect(cancelled).toMatchObject({ code: 0, out: expect.stringContaining('ended: cancelled') as string });
    await until('the watch to tell its end', () => watch.said().includes(`✖ ${runId} cancelled`));
    watch.child.kill('SIGINT');
    expect(await watch.ended).toMatchObject({ code: 130, err: '' });
    const { value } = await json<{ value: Run[] }>('runs', '--status', 'Cancelled');
    expect(value.map((run) => run.runId)).toContain(runId);
  });

  test('a backfill is listed before it runs', async () => {
    const day = new Date().toISOString().slice(0, 10);
    const { code, out } = await landfall('backfill', 'iris', '--from', day, '--to', day, '--dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/1 run over 2 files\n$/);
    expect((await landfall('backfills')).out).toBe('There are no backfills.\n');
  });

  const folder = mkdtempSync(join(tmpdir(), 'landfall-cli-'));
  writeFileSync(join(folder, 'empty.csv'), '');

  test.each<[args: string[], code: number, text: RegExp]>([
    [['run', 'iris-20200101-000000-abcdef'], 2, /There is no run iris-20200101.*\n {2}→ landfall runs lists them/],
    [['start', 'nothing'], 2, /There is no pipeline nothing.*\n {2}→ /],
    [['start', 'iris', '--file', 'iris/nowhere.csv'], 2, /nowhere\.csv/],
    [['start', 'iris', '--to-stage', 'lunch'], 2, /toStage/],
    [['rerun', 'nothing'], 2, /no run nothing/],
    [['models', 'iris', 'nothing'], 2, /no version nothing/],
    [['promote', 'iris', 'nothing'], 2, /no version nothing/],
    [['runs', '--status', 'Odd'], 2, /status/],
    [['logs', 'nothing', 'train'], 2, /no run nothing/],
    [['predict', 'iris', '--instances', '[[1,2]]'], 2, /cannot take this/],
    [['collect', 'iris', 'nothing'], 2, /nothing.*\n {2}→ /],
    [['drop', join(folder, 'empty.csv')], 2, /is empty/],
    [['backfill', 'iris', '--from', 'someday', '--to', '2026-03-01'], 2, /from/],
    [['runs', '--key', 'wrong'], 3, /refuses the key.*\n {2}→ .*LANDFALL_KEY/],
    [['runs', '--api', 'http://127.0.0.1:19299'], 3, /does not answer/],
  ])('%j ends with what cures it', async (args, code, text) => {
    const { out, ...ended } = await landfall(...args);
    expect(ended).toMatchObject({ code, err: expect.stringMatching(text) as string });
    expect(out).toBe('');
    expect(ended.err.trimEnd().split('\n').at(-1)).toMatch(/^ {2}→ /);
  });

  test('a file of any name is a file', async () => {
    const name = join(folder, 'ä %41 <b> #1.csv');
    writeFileSync(name, 'no,columns\n');
    const { code, out } = await landfall('drop', name, '--follow');
    expect(code).toBe(1);
    expect(out).toContain('dropped landing/iris/ä %41 <b> #1.csv');
    expect(out).toMatch(/✖ iris-\S+ (failed|quarantined) in process/);
    expect((await landfall('arrivals', 'iris/ä %41 <b> #1.csv')).out).toMatch(/iris-\S+ +(Failed|Quarantined)/);
  });
});
