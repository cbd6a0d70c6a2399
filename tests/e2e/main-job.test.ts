import { execFile, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectServed, predict } from '../kit/served.ts';
import { processesWith, ROOT, RunningPlatform, SAMPLE, until } from '../kit/running-platform.ts';

describe('npm start', () => {
  const platform = new RunningPlatform(18_000);
  afterAll(() => platform.remove());

  test('--once drops the sample, ends with a prediction and exits 0, and leaves no process', async () => {
    const child = platform.launch('--once');
    const code = await new Promise((done) => child.once('exit', done));
    expect(platform.output).toMatch(/A prediction, made over HTTP by version \d{8}-\d{6}-[0-9a-f]{6}/);
    for (const stage of ['collect', 'process', 'train', 'record', 'validate', 'build', 'rollout']) {
      expect(platform.output).toMatch(new RegExp(`✔ ${stage}`));
    }
    expect(platform.output).toContain('curl -s');
    expect(code).toBe(0);
    await until('every process to end', () => processesWith(platform.state).length === 0, 15_000);
  });

  test('started again it still serves the model of the earlier start', async () => {
    await platform.start();
    const { aliases } = await platform.models();
    await until(
      'the predictor to be up again',
      async () => (await predict(platform).catch(() => undefined))?.status === 200,
      60_000,
    );
    await expectServed(platform, aliases.champion ?? '');
  });

  test('a second drop, after an edit of train.py, makes a second version from new code, and the endpoint answers from it', async () => {
    const before = await platform.models();
    appendFileSync(join(platform.pipelines, 'iris/train.py'), '\n# Another version of the code.\n');
    const known = (await platform.runs()).map(({ runId }) => runId);
    await platform.drop('iris/second.csv', readFileSync(SAMPLE));
    const run = await platform.nextRun(known);
    expect(run).toMatchObject({ status: 'Succeeded' });
    const after = await platform.models();
    expect(after.value).toHaveLength(before.value.length + 1);
    expect(after.value[0]?.version).toBe(run.modelVersion);
    expect(after.value[0]?.codeDigest).not.toBe(before.value[0]?.codeDigest);
    expect(after.aliases.champion).toBe(run.modelVersion);
    await expectServed(platform, run.modelVersion ?? '');
  });

  test('landfall drop says what is wrong, and drops', async () => {
    // Not spawnSync: while it waits, the connections that this process keeps open grow stale without being noticed.
    const drop = (state: string, ...args: string[]) =>
      new Promise<{ status: unknown; stdout: string; stderr: string }>((done) => {
        const words = ['--no-warnings', 'cli/landfall.ts', 'drop', '--state', state, ...args];
        execFile(process.execPath, words, { cwd: ROOT }, (error, stdout, stderr) =>
          done({ status: error?.code ?? 0, stdout, stderr }),
        );
      });
    const state = join(platform.state, 'state');
    const refused = (text: string) => ({ status: 2, stderr: expect.stringContaining(text) as string });
    expect(await drop(state, 'no-such-file.csv')).toMatchObject(refused('no-such-file.csv'));
    expect(await drop(state, SAMPLE, '--pipeline', 'nothing')).toMatchObject(refused('Pipelines: iris'));
    expect(await drop(state)).toMatchObject({ status: 2 });
    const known = (await platform.runs()).map(({ runId }) => runId);
    expect(JSON.parse((await drop(state, SAMPLE, '--json')).stdout)).toMatchObject({
      dropped: [{ path: 'landing/iris/iris.csv' }],
    });
    const run = await platform.nextRun(known, ({ status }) => status === 'Running');
    await platform.call('POST', `runs/${run.runId}/cancel`);
    expect((await platform.nextRun(known)).status).toBe('Cancelled');
    const nowhere = await drop(mkdtempSync(join(tmpdir(), 'landfall-')), SAMPLE);
    expect(nowhere).toMatchObject({ status: 3, stderr: expect.stringContaining('Run npm start first') as string });
  });

  test('ports that are taken are told with the process that has them', async () => {
    const other = spawnSync(
      process.execPath,
      ['--no-warnings', 'local/main.ts', '--state', mkdtempSync(join(tmpdir(), 'landfall-')), '--port-base', '18000'],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    expect(other.status).toBe(1);
    expect(other.stderr).toMatch(/port 18001 \(host\) is taken by process \d+/);
    expect(other.stderr).toContain('--port-base 19000');
  });
});

describe('a platform that runs', () => {
  const platform = new RunningPlatform(18_100);
  const known = async () => (await platform.runs()).map(({ runId }) => runId);
  beforeAll(() => platform.start());
  afterAll(() => platform.remove());

  test('1,000 files dropped at once make one run over all of them', async () => {
    const [header, ...rows] = readFileSync(SAMPLE, 'utf8').trim().split('\n');
    const before = await known();
    // On a machine with much else to do, fifty files may take longer than two seconds.
    const declaration = join(platform.pipelines, 'iris/pipeline.yaml');
    const declared = readFileSync(declaration, 'utf8');
    writeFileSync(declaration, declared.replace('quietPeriod: 2s', 'quietPeriod: 15s'));
    const files = Array.from({ length: 1_000 }, (_, index) => `iris/many/part-${index}.csv`);
    for (let start = 0; start < files.length; start += 50) {
      await Promise.all(
        files
          .slice(start, start + 50)
          .map((name, offset) => platform.drop(name, `${header}\n${rows[(start + offset) % rows.length]}\n`)),
      );
    }
    const run = await platform.nextRun(before, undefined, 400_000);
    writeFileSync(declaration, declared);
    expect(run.status).toBe('Succeeded');
    const manifest = await platform.lake
      .getFileSystemClient('runs')
      .getFileClient(`iris/${run.runId}/batch.json`)
      .readToBuffer();
    expect((JSON.parse(manifest.toString()) as { files: unknown[] }).files).toHaveLength(1_000);
    expect((await known()).filter((runId) => !before.includes(runId))).toEqual([run.runId]);
  });

  test('the same event delivered five times is one arrival', async () => {
    const { functions } = platform.endpoints;
    const key = (
      JSON.parse(readFileSync(join(platform.state, 'state/host/keys.json'), 'utf8')) as {
        system: Record<string, string>;
      }
    ).system.eventgrid_extension;
    const event = {
      id: 'e1',
      topic: '/subscriptions/0/x',
      subject: '/blobServices/default/containers/landing/blobs/iris/five.csv',
      eventType: 'Microsoft.Storage.BlobCreated',
      eventTime: new Date().toISOString(),
      dataVersion: '2',
      metadataVersion: '1',
      data: { api: 'FlushWithClose', eTag: '0x5', contentLength: 10, url: 'http://x/y' },
    };
    const before = await known();
    const deliveries = Array.from({ length: 5 }, () =>
      fetch(`${functions.url}/runtime/webhooks/eventgrid?functionName=landingBlobCreated&code=${key}`, {
        method: 'POST',
        headers: { 'aeg-event-type': 'Notification', 'content-type': 'application/json' },
        body: JSON.stringify([event]),
      }),
    );
    expect((await Promise.all(deliveries)).map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    // While it waits it has a second row, by which it is found.
    const rows = platform.table('Arrivals').listEntities<{ path: string }>({
      queryOptions: { filter: "path eq 'landing/iris/five.csv' and RowKey lt 'waiting:'" },
    });
    const found = [];
    for await (const row of rows) found.push(row.path);
    expect(found).toEqual(['landing/iris/five.csv']);
    // The file is not there, so its run fails, and says which one is missing.
    const run = await platform.nextRun(before);
    expect(run.status).toBe('Failed');
    expect(run.error?.message).toContain('five.csv');
    await until('the clusters to be clean', async () => (await platform.onClusters(run.runId)).length === 0);
  });

  test('cancel leaves nothing on the clusters, while a job runs', async () => {
    const before = await known();
    await platform.drop('iris/cancel.csv', readFileSync(SAMPLE));
    const running = await platform.nextRun(before, ({ stage }) => stage === 'train');
    await until('the job to be on the cluster', async () =>
      (await platform.onClusters(running.runId)).some((name) => name.includes('train')),
    );
    expect((await platform.call('POST', `runs/${running.runId}/cancel`)).status).toBe(202);
    const run = await platform.nextRun(before);
    expect(run.status).toBe('Cancelled');
    await until('the clusters to be clean', async () => (await platform.onClusters(run.runId)).length === 0);
    await until('its processes to end', () => processesWith(run.runId).length === 0, 20_000);
    expect((await platform.call('POST', `runs/${run.runId}/cancel`)).status).toBe(409);
  });

  test.each(['process', 'rollout'] as const)('cancelled in %s, the champion keeps serving', async (stage) => {
    const before = await known();
    const { aliases } = await platform.models();
    await platform.drop(`iris/cancel-${stage}.csv`, readFileSync(SAMPLE));
    const running = await platform.nextRun(before, (seen) => seen.stage === stage);
    expect((await platform.call('POST', `runs/${running.runId}/cancel`)).status).toBe(202);
    const run = await platform.nextRun(before);
    expect(run.status).toBe('Cancelled');
    await until('the clusters to be clean', async () => (await platform.onClusters(run.runId)).length === 0);
    expect((await platform.models()).aliases).toEqual(aliases);
    await until('the champion to serve', async () => {
      const served = await predict(platform).catch(() => undefined);
      return served?.status === 200 && served.version === aliases.champion;
    });
  });

  test('a CSV that breaks the schema closes the run, with file, row and column named', async () => {
    const before = await known();
    await platform.drop(
      'iris/broken.csv',
      'sepal_length,sepal_width,petal_length,petal_width,species\n5.1,wide,1.4,0.2,setosa\n',
    );
    const run = await platform.nextRun(before);
    expect(run).toMatchObject({ status: 'Quarantined', error: { stage: 'process', reason: 'TooManyBadRows' } });
    expect(run.error?.message).toMatch(/broken\.csv[\s\S]*sepal_width[\s\S]*wide/);
  });

  test('a few bad rows are quarantined and the rest is used', async () => {
    const before = await known();
    await platform.drop('iris/mixed.csv', `${readFileSync(SAMPLE, 'utf8').trim()}\n5.1,3.5,oops,0.2,setosa\n`);
    const run = await platform.nextRun(before);
    expect(run.status).toBe('Succeeded');
    expect(run.stages.find(({ name }) => name === 'process')?.detail).toContain('1 quarantined');
  });

  test('a job that fails closes the run with its last log lines', async () => {
    const before = await known();
    const train = join(platform.pipelines, 'iris/train.py');
    const code = readFileSync(train, 'utf8');
    writeFileSync(
      train,
      'def main(job):\n    print("about to fail")\n    raise ValueError("the learning rate is a fish")\n',
    );
    await platform.drop('iris/fish.csv', readFileSync(SAMPLE));
    const run = await platform.nextRun(before);
    writeFileSync(train, code);
    expect(run).toMatchObject({ status: 'Failed', error: { stage: 'train' } });
    expect(run.error?.message).toMatch(/the learning rate is a fish[\s\S]*about to fail/);
    await until('the clusters to be clean', async () => (await platform.onClusters(run.runId)).length === 0);
  });

  test('a file that no pipeline claims and an empty file start nothing', async () => {
    const before = await known();
    await platform.drop('elsewhere/a.csv', 'x');
    await platform.lake.getFileSystemClient('landing').getFileClient('iris/empty.csv').create();
    await until('the log to say so', () =>
      readFileSync(join(platform.state, 'state/host.log'), 'utf8').includes(
        'No pipeline claims landing/elsewhere/a.csv',
      ),
    );
    expect(await known()).toEqual(before);
  });

  test('a broken pipeline.yaml is refused with file and line while the others work', async () => {
    mkdirSync(join(platform.pipelines, 'broken'));
    writeFileSync(
      join(platform.pipelines, 'broken/pipeline.yaml'),
      'name: broken\nlanding:\n  prefix: broken/\n  colour: red\n',
    );
    const { value } = (await platform.call('GET', 'pipelines')).body as unknown as {
      value: { name: string; error?: string }[];
    };
    expect(value.find(({ name }) => name === 'broken')?.error).toContain(
      'broken/pipeline.yaml:4:3: landing.colour: unknown field',
    );
    expect(value.find(({ name }) => name === 'iris')?.error).toBeUndefined();
    expect((await platform.call('POST', 'pipelines/broken/runs')).status).toBe(409);
    const ill = await platform.call('GET', 'health');
    expect(ill.status).toBe(503);
    rmSync(join(platform.pipelines, 'broken'), { recursive: true });
  });

  test('a run by hand: the same key and body is the same run, another body is refused', async () => {
    const before = await known();
    const body = { files: ['landing/iris/mixed.csv'] };
    const headers = { 'idempotency-key': 'once' };
    const first = await platform.call('POST', 'pipelines/iris/runs', body, headers);
    const again = await platform.call('POST', 'pipelines/iris/runs', body, headers);
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body).toEqual(first.body);
    expect(
      (await platform.call('POST', 'pipelines/iris/runs', { files: ['landing/iris/second.csv'] }, headers)).status,
    ).toBe(409);
    expect((await platform.nextRun(before)).status).toBe('Succeeded');
  });

  test.each([
    ['an unknown pipeline', 'POST', 'pipelines/nothing/runs', undefined, 404],
    ['an unknown run', 'GET', 'runs/iris-20200101-000000-abcdef', undefined, 404],
    ['no run id at all', 'GET', 'runs/nothing', undefined, 404],
    ['a file that is not there', 'POST', 'pipelines/iris/runs', { files: ['landing/iris/nowhere.csv'] }, 422],
    ['a path outside the landing zone', 'POST', 'pipelines/iris/runs', { files: ['models/iris/x'] }, 400],
    ['an unknown field', 'POST', 'pipelines/iris/runs', { file: 'x' }, 400],
    ['a bad page size', 'GET', 'runs?top=lots', undefined, 400],
    ['a request that the model cannot take', 'POST', 'pipelines/iris/predict', { instances: [[1, 2]] }, 400],
  ])('%s is refused clearly', async (_, method, path, body, status) => {
    const answer = await platform.call(method, path, body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toMatch(/detail|error/);
  });

  test('a request without a key is refused', async () => {
    expect((await fetch(`${platform.endpoints.functions.url}/api/runs`)).status).toBe(401);
  });

  test('the functions host is started again when it dies, and says so', async () => {
    const { host } = platform.endpoints.pids;
    process.kill(host, 'SIGKILL');
    await until('a new host', () => platform.endpoints.pids.host !== host);
    await until(
      'it to answer',
      async () => (await platform.calm(() => platform.call('GET', 'health')))?.status === 200,
    );
    expect(platform.output).toContain('The functions host ended (SIGKILL): it is started again');
  });
});
