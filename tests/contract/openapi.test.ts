import { HttpRequest, HttpResponse } from '@azure/functions';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Edge } from '../../functions/edge.ts';
import { createHandlers } from '../../functions/http/handlers.ts';
import { openApiDocument } from '../../functions/http/openapi.ts';
import { OPERATIONS, ROUTES, type OperationId } from '../../functions/http/routes.ts';
import { serve } from '../../functions/http/serve.ts';
import type { DurablePort } from '../../orchestrations/activities/durable-port.ts';
import { createArrivals } from '../../shared/clients/arrivals.ts';
import { createBackfills } from '../../shared/clients/backfills.ts';
import { createFinishedStages } from '../../shared/clients/finished-stages.ts';
import type { Clients } from '../../shared/clients/clients.ts';
import type { Answer } from '../../shared/clients/request.ts';
import { createModels } from '../../shared/clients/models.ts';
import { createReviews } from '../../shared/clients/reviews.ts';
import { createRuns } from '../../shared/clients/runs.ts';
import { createSources } from '../../shared/clients/sources.ts';
import { awaitId, promotionId, reviewId, runIdOf, runPaths } from '../../shared/names.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import type { ModelFacts, ModelNotes, Review, Run } from '../../shared/run.ts';
import { createApiRecorder } from '../kit/api-recorder.ts';
import { startStorage, type Storage } from '../kit/storage.ts';

// Each route over real tables and a real lake: every answer is held against the document, and every documented answer comes.
const recorder = createApiRecorder();
let storage: Storage;
let edge: Edge;
let predictor: Answer | undefined;
let serving: object | undefined;
let pods: object[] = [];
let instances: Record<string, Awaited<ReturnType<DurablePort['status']>>> = {};

const at = '2026-01-01T00:00:00.000Z';
const [built, unbuilt, champion] = ['20260101-000000-abcdef', '20260102-000000-abcdef', '20260103-000000-abcdef'];
const [over, open] = ['20260101-000000-abcdef', '20260102-000000-abcdef'].map((batch) => runIdOf('iris', batch));
const SOURCES = [
  { name: 'daily', type: 'https', url: 'https://data.example', as: 'a.csv', schedule: { cron: '0 3 * * *' } },
  { name: 'unset', type: 'https', url: { environment: 'SOURCE_UNSET' }, as: 'b.csv' },
  { name: 'script', type: 'script' },
];
const pipelines = ['iris', 'idle', 'busy', 'quiet'].map((name) =>
  pipelineSchema.parse({ name, landing: { prefix: `${name}/` }, ...(name === 'iris' && { sources: SOURCES }) }),
);
const loaded = (...broken: { name: string; problems: string[] }[]) => ({
  pipelines: new Map(pipelines.map((pipeline) => [pipeline.name, pipeline])),
  broken,
});

beforeAll(async () => {
  storage = await startStorage('landing', 'curated', 'runs', 'models', 'quarantine');
  const { lake, open: table } = storage;
  const cluster = {
    wake: async () => ({ awake: true }),
    refusals: async () => [],
    condition: async () => ({ versions: ['v1', 'v1beta1', 'v1beta2'], unanswered: [], answered: 0 }),
    quota: async () => [],
    names: async () => [],
    pools: async () => [],
    pods: async () => pods,
    log: async () => ({ lines: ['epoch 1', 'epoch 2'], isShortened: false }),
    get: async () => serving,
  };
  const clients = {
    lake,
    sources: createSources(table),
    arrivals: createArrivals(table),
    runs: createRuns(table),
    finishedStages: createFinishedStages(table),
    backfills: createBackfills(table, lake),
    models: createModels(table),
    reviews: createReviews(table),
    registry: { digestOf: async () => 'sha256:1' },
    cluster: () => cluster,
    predictor: { ask: async () => predictor },
    probes: Object.fromEntries(['lake', 'tables', 'topic', 'registry'].map((part) => [part, async () => undefined])),
  } as unknown as Clients;
  edge = {
    clients,
    folders: { pipelines: '', runtime: '' },
    lakeUrl: '',
    setting: () => undefined,
    appUrl: 'http://app.test',
    isAuthenticated: false,
    pipelines: () => loaded({ name: 'broken', problems: ['broken/pipeline.yaml:1:1: name: wrong'] }),
  };
  await addRuns();
  await addModels();
  await addFiles();
  await addBackfills();
});
afterAll(() => storage.close());
beforeEach(() => {
  instances = {};
  pods = [];
  predictor = { status: 200, contentType: 'application/json', body: '{"predictions":[1]}' };
  serving = { status: { components: { predictor: { traffic: [{ revisionName: 'r1', percent: 100 }] } } } };
});

async function addRuns(): Promise<void> {
  const { runs, reviews } = edge.clients;
  const run = (pipeline: string, batchId: string, facts: Partial<Run>): Run => ({
    runId: runIdOf(pipeline, batchId),
    pipeline,
    batchId,
    status: 'Running',
    stages: [{ name: 'collect', status: 'Succeeded', startedAt: at, finishedAt: at }],
    startedAt: at,
    ...facts,
  });
  const error = { stage: 'train' as const, reason: 'OOMKilled', message: 'too little memory', hint: 'raise it' };
  await runs.add(run('iris', built, { status: 'Failed', error, finishedAt: at }));
  await runs.add(run('iris', unbuilt, {}));
  await runs.add(run('busy', built, {}));
  await runs.add(run('quiet', built, { status: 'Failed', finishedAt: at }));
  await reviews.open(waiting(open ?? ''));
}

const waiting = (runId: string): Review => ({
  runId,
  version: unbuilt,
  status: 'Waiting',
  reasons: ['drift'],
  requestedAt: at,
  deadlineAt: '2999-01-01T00:00:00.000Z',
  onDeadline: 'reject',
  link: `http://app.test/api/runs/${runId}`,
});

async function addModels(): Promise<void> {
  const add = async (version: string, notes: Partial<ModelNotes>) => {
    const facts: ModelFacts = {
      pipeline: 'iris',
      version,
      runId: runIdOf('iris', version),
      batchId: version,
      metrics: { accuracy: 1 },
      path: `models/iris/${version}`,
      codeDigest: 'sha256:1',
      digests: { code: 'sha256:1' },
      lineage: { batch: runPaths('iris', version).batch, files: 1 },
      createdAt: at,
    };
    await edge.clients.models.add(facts);
    await edge.clients.models.note('iris', version, notes);
  };
  await add(built, { status: 'Deployed', image: 'registry/model@sha256:1', gate: { decision: 'pass', reasons: [] } });
  await add(unbuilt, { status: 'Rejected', review: { ...waiting(open ?? ''), status: 'Rejected' } });
  await add(champion, { status: 'Deployed', image: 'registry/model@sha256:2' });
  await edge.clients.models.move('iris', () => ({ champion }));
}

async function addBackfills(): Promise<void> {
  const span = { from: at, to: '2026-01-02T00:00:00.000Z' };
  const plan = { ...span, pipeline: 'iris', partition: 'day', parallel: 1, prefix: 'landing/iris/' } as const;
  const partition = { ...span, files: 1, bytes: 1, runId: over ?? '' };
  const add = (id: { backfillId: string }, status: 'Running' | 'Failed') =>
    edge.clients.backfills.add({ ...plan, ...id, status, partitions: [{ ...partition, status }], startedAt: at });
  await add(pending, 'Running');
  await add(finished, 'Failed');
}

async function addFiles(): Promise<void> {
  const { lake, arrivals } = edge.clients;
  const paths = runPaths('iris', built);
  const write = (path: string, document: unknown) => lake.write(path, JSON.stringify(document));
  const [path, eTag] = ['landing/iris/a.csv', '1'];
  await lake.write(path, 'x');
  await lake.write('landing/idle/a.csv', 'x');
  await arrivals.add('iris', { path, eTag, size: 1, at, marker: false });
  await arrivals.add('iris', { path, eTag: '2', size: 1, at: '2026-01-02T00:00:00.000Z', marker: false });
  await arrivals.claim('iris', [{ path, eTag }], built);
  for (const batch of [built, unbuilt]) await arrivals.trace('iris', [{ path, eTag }], batch);
  const files = [{ path, eTag, size: 1 }];
  const batch = { pipeline: 'iris', batchId: built, runId: over, createdAt: at, files, claimed: [{ path, eTag }] };
  await write(paths.batch, batch);
  await write(paths.pinned, { runId: over, pipeline: pipelines[0], batch, codeDigest: 'sha256:1' });
  // A run whose file is gone since, and whose data was processed; another one is active.
  const quietPaths = runPaths('quiet', built);
  const gone = [{ path: 'landing/quiet/gone.csv', eTag, size: 1 }];
  await write(quietPaths.batch, { ...batch, pipeline: 'quiet', runId: quiet.runId, files: gone, claimed: [] });
  const result = { status: 'Succeeded', outputs: {}, metrics: { rowsWritten: 1 }, startedAt: at, finishedAt: at };
  await write(quietPaths.result('process', 1), result);
  await lake.write(`${quietPaths.curated}/part-0`, 'x');
  await write(runPaths('busy', built).batch, { ...batch, pipeline: 'busy' });
  const feature = { name: 'species', dataType: 'string', count: 1, missing: 0, distinct: 1 };
  const features = [{ ...feature, type: 'category', top: [{ value: 'setosa', count: 1 }], other: 0 }];
  await write(paths.profile, {
    version: 1,
    pipeline: 'iris',
    batch: built,
    baseline: null,
    rows: 1,
    label: null,
    features,
  });
  await write(paths.checks, {
    version: 1,
    rows: 1,
    checks: [{ check: 'x not null', onFailure: 'review', failed: 1, samples: [{ x: null }] }],
  });
  await write(paths.result('process', 1), result);
  await lake.write(paths.log('process', 1), `==> ${over}-process-1-driver <==\nread 1 row\n`);
  await lake.write(paths.log('collect', 1), `==> ${over}-collect-1-x <==\n150 flowers\n`);
  await lake.write(`${paths.quarantine}/part-0.json`, '{"line":"x,y","problem":"no number"}\nno json\n');
  await write(`models/iris/${built}/golden.json`, { requests: [instance], responses: [{ predictions: [1] }] });
  await write(`models/iris/${built}/model.json`, { framework: 'torch' });
  await write(paths.drift, {
    version: 1,
    baseline: unbuilt,
    batch: built,
    rows: { baseline: 1, batch: 1 },
    features: [],
    problems: [],
    chance: { falseAlarms: 0.01, tests: 0, pValue: 0.01 },
    driftedFeatures: { share: 0, limit: 0 },
    drifted: false,
    reasons: [],
  });
}

interface Asked {
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Asks a route as the app serves it, and holds the answer against the document. */
async function ask(id: OperationId, { params = {}, query = {}, headers = {}, body }: Asked = {}, at: Edge = edge) {
  const route = ROUTES[id];
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? `no-${name}`);
  const string = typeof body === 'string' ? body : JSON.stringify(body);
  const url = `http://app.test/api/${path}?${new URLSearchParams(query)}`;
  const request = new HttpRequest({ method: route.method, url, params, headers, ...(string && { body: { string } }) });
  const answer = serve(route, createHandlers(at)[id], at.isAuthenticated);
  const response = new HttpResponse(await answer(request, () => durable, { error: () => undefined }));
  const answered = { status: response.status, headers: response.headers, body: (await response.json()) as never };
  recorder.check({ method: route.method, path, ...answered });
  return answered;
}

const durable: DurablePort = {
  start: async () => true,
  raise: async () => undefined,
  status: async (id) => instances[id],
};

const iris = { pipeline: 'iris' };
const broken = { pipeline: 'broken' };
const nothing = { pipeline: 'nothing' };
const [ended, going] = [{ runId: over ?? '' }, { runId: open ?? '' }];
const nowhere = { runId: 'iris-20200101-000000-abcdef' };
const idle = { pipeline: 'idle' };
const script = { ...iris, source: 'script' };
const always = { from: '2020-01-01', to: '2090-12-31', partition: 'month' };
const [pending, finished] = [{ backfillId: runIdOf('iris', built) }, { backfillId: runIdOf('iris', unbuilt) }];
const quiet = { runId: runIdOf('quiet', built) };
const key = { 'idempotency-key': 'once' };
const instance = { instances: [[1]] };

const cases: [OperationId, number, string, Asked, (() => unknown)?][] = [
  ['health', 503, 'a pipeline is broken', {}],
  ['getOpenApi', 200, 'somebody asks', {}],
  ['listPipelines', 200, 'one of them is broken', {}],
  ['getPipeline', 200, 'it is there', { params: iris }],
  ['getPipeline', 404, 'it is not', { params: nothing }],
  ['getPipeline', 409, 'it is broken', { params: broken }],
  ['postCollect', 202, 'nothing is named', { params: iris }],
  ['postCollect', 202, 'a source is named', { params: iris, body: { source: 'script' } }],
  ['postCollect', 400, 'the body is none', { params: iris, body: 'x' }],
  ['postCollect', 404, 'there is no such pipeline', { params: nothing }],
  ['postCollect', 404, 'there is no such source', { params: iris, body: { source: 'other' } }],
  ['postCollect', 409, 'it has no sources', { params: idle }],
  ['postCollect', 409, 'it is broken', { params: broken }],
  ['getSourceLog', 404, 'it has not been looked at', { params: script }],
  ['getSourceLog', 200, 'its job is over', { params: script }, () => looked('Failed', over)],
  ['getSourceLog', 200, 'its job has said nothing yet', { params: script }, () => looked('Running', open)],
  ['getSourceLog', 404, 'its job is about to start', { params: script }, () => looked('Running')],
  ['getSourceLog', 400, 'the attempt is none', { params: script, query: { attempt: 'x' } }],
  ['getSourceLog', 404, 'it is no script', { params: { ...iris, source: 'daily' } }],
  ['getSourceLog', 404, 'there is no such source', { params: { ...iris, source: 'other' } }],
  ['getSourceLog', 404, 'there is no such pipeline', { params: nothing }],
  ['getSourceLog', 409, 'it is broken', { params: broken }],
  ['postRun', 400, 'the body is no JSON', { params: iris, body: '{' }],
  ['postRun', 400, 'a file lies elsewhere', { params: iris, body: { files: ['landing/../models/x'] } }],
  ['postRun', 404, 'there is no such pipeline', { params: nothing }],
  ['postRun', 409, 'a run is active', { params: { pipeline: 'busy' } }],
  ['postRun', 422, 'a file is missing', { params: idle, body: { files: ['landing/idle/none'] } }],
  ['postRun', 422, 'no file is there', { params: idle, body: { prefix: 'landing/idle/none/' } }],
  ['postRun', 202, 'nothing is in the way', { params: idle, headers: key, body: { files: ['landing/idle/a.csv'] } }],
  ['postRun', 202, 'it comes again', { params: idle, headers: key, body: { files: ['landing/idle/a.csv'] } }],
  ['postRun', 409, 'its key comes with another body', { params: idle, headers: key, body: {} }],
  ['listRuns', 200, 'some are there', {}],
  ['listRuns', 200, 'none is', { query: { pipeline: 'iris', status: 'Quarantined', code: 'key' } }],
  ['listRuns', 400, 'the page is too long', { query: { top: '501' } }],
  ['listRuns', 400, 'the query has another name', { query: { limit: '5' } }],
  ['listRuns', 404, 'there is no such pipeline', { query: nothing }],
  ['listRuns', 409, 'the pipeline is broken', { query: broken }],
  ['getRun', 200, 'it failed', { params: ended }],
  ['getRun', 404, 'there is none', { params: nowhere }],
  ['getRunDocument', 200, 'it is the batch', { params: { ...ended, document: 'batch' } }],
  ['getRunDocument', 200, 'it is the profile', { params: { ...ended, document: 'profile' } }],
  ['getRunDocument', 200, 'it is the checks', { params: { ...ended, document: 'checks' } }],
  ['getRunDocument', 200, 'it is the drift', { params: { ...ended, document: 'drift' } }],
  ['getRunDocument', 404, 'no run has it', { params: { ...ended, document: 'pinned' } }],
  ['getRunDocument', 404, 'the run has it not yet', { params: { ...going, document: 'drift' } }],
  ['getRunLog', 200, 'the job is over', { params: { ...ended, stage: 'process' } }],
  ['getRunLog', 200, 'the job has said nothing yet', { params: { ...going, stage: 'train' } }],
  ['getRunLog', 400, 'the attempt is none', { params: { ...ended, stage: 'process' }, query: { attempt: '0' } }],
  ['getRunLog', 404, 'there is no such run', { params: { ...nowhere, stage: 'process' } }],
  ['getRunLog', 404, 'the stage is no job', { params: { ...ended, stage: 'record' } }],
  ['getRunLog', 404, 'the job has left none', { params: { ...ended, stage: 'train' } }],
  ['getQuarantine', 200, 'some rows are', { params: ended }],
  ['getQuarantine', 200, 'none is', { params: going }],
  ['getQuarantine', 400, 'the page is none', { params: ended, query: { top: '0' } }],
  ['getQuarantine', 404, 'there is no such run', { params: nowhere }],
  ['rerunRun', 400, 'the stage is none', { params: quiet, body: { fromStage: 'rollout' } }],
  ['rerunRun', 404, 'there is no such run', { params: nowhere }],
  ['rerunRun', 409, 'it never got so far', { params: quiet, body: { fromStage: 'validate' } }],
  ['rerunRun', 409, 'a run is active', { params: { runId: runIdOf('busy', built) } }],
  ['rerunRun', 422, 'its files are gone', { params: quiet }],
  ['rerunRun', 202, 'its data is to be taken over', { params: quiet, body: { fromStage: 'train', noCache: true } }],
  ['reviewRun', 400, 'the decision is none', { params: going, body: { decision: 'maybe' } }],
  ['reviewRun', 404, 'there is no such run', { params: nowhere, body: { decision: 'approved' } }],
  ['reviewRun', 409, 'the run does not wait', { params: ended, body: { decision: 'approved' } }],
  ['reviewRun', 202, 'it waits', { params: going, body: { decision: 'approved', comment: 'fine', by: 'Ada' } }],
  ['reviewRun', 409, 'it was decided', { params: going, body: { decision: 'rejected' } }],
  ['cancelRun', 202, 'it goes on', { params: going }],
  ['cancelRun', 404, 'there is none', { params: nowhere }],
  ['cancelRun', 409, 'it is over', { params: ended }],
  ['listBackfills', 200, 'none was', { params: iris }],
  ['postBackfill', 200, 'it is only planned', { params: idle, body: { ...always, dryRun: true } }],
  ['postBackfill', 400, 'the day is none', { params: idle, body: { ...always, from: '2026-02-30' } }],
  ['postBackfill', 400, 'it ends before it begins', { params: idle, body: { from: '2026-01-02', to: '2026-01-01' } }],
  ['postBackfill', 400, 'it has too many partitions', { params: idle, body: { ...always, partition: 'hour' } }],
  ['postBackfill', 400, 'a placeholder is none', { params: idle, body: { ...always, prefix: 'landing/{year}/' } }],
  [
    'postBackfill',
    400,
    'the prefix tells months alone',
    { params: idle, body: { ...always, prefix: 'landing/{MM}/', partition: 'week' } },
  ],
  ['postBackfill', 404, 'there is no such pipeline', { params: nothing }],
  ['postBackfill', 409, 'the pipeline is broken', { params: broken }],
  ['postBackfill', 422, 'nothing landed', { params: idle, body: { from: '2020-01-01', to: '2020-01-02' } }],
  ['postBackfill', 202, 'files are there', { params: idle, headers: key, body: always }],
  ['postBackfill', 202, 'it comes again', { params: idle, headers: key, body: always }],
  [
    'postBackfill',
    409,
    'its key comes with another body',
    { params: idle, headers: key, body: { ...always, parallel: 2 } },
  ],
  ['listBackfills', 200, 'one is there', { params: idle }],
  ['listBackfills', 404, 'there is no such pipeline', { params: nothing }],
  ['listBackfills', 409, 'the pipeline is broken', { params: broken }],
  ['getBackfill', 200, 'it is there', { params: pending }],
  ['getBackfill', 404, 'it is not', { params: { backfillId: 'none' } }],
  ['pauseBackfill', 202, 'it goes on', { params: pending }],
  ['pauseBackfill', 404, 'there is none', { params: { backfillId: 'none' } }],
  ['pauseBackfill', 409, 'it is over', { params: finished }],
  ['resumeBackfill', 202, 'it is paused', { params: pending }],
  ['resumeBackfill', 404, 'there is none', { params: { backfillId: 'none' } }],
  ['cancelBackfill', 202, 'it goes on', { params: pending }],
  ['cancelBackfill', 404, 'there is none', { params: { backfillId: 'none' } }],
  ['cancelBackfill', 409, 'it is over', { params: finished }],
  ['resumeBackfill', 409, 'it is being cancelled', { params: pending }],
  ['listModels', 400, 'the page is no number', { params: iris, query: { top: 'all' } }],
  ['listModels', 404, 'there is no such pipeline', { params: nothing }],
  ['listModels', 409, 'the pipeline is broken', { params: broken }],
  ['getModel', 404, 'there is no such version', { params: { ...iris, version: 'x' } }],
  ['getModel', 409, 'the pipeline is broken', { params: { ...broken, version: 'x' } }],
  ['getModelDocument', 200, 'it is the golden requests', { params: { ...iris, version: built, document: 'golden' } }],
  ['getModelDocument', 200, 'it is the metadata', { params: { ...iris, version: built, document: 'metadata' } }],
  ['getModelDocument', 404, 'no version has it', { params: { ...iris, version: built, document: 'weights' } }],
  ['getModelDocument', 404, 'it was not written', { params: { ...iris, version: built, document: 'profile' } }],
  ['getModelDocument', 409, 'the pipeline is broken', { params: { ...broken, version: 'x', document: 'golden' } }],
  ['promoteModel', 202, 'it has an image', { params: { ...iris, version: built } }],
  ['promoteModel', 404, 'there is no such version', { params: { ...iris, version: 'x' } }],
  ['promoteModel', 409, 'it was never built', { params: { ...iris, version: unbuilt } }],
  ['promoteModel', 409, 'it serves', { params: { ...iris, version: champion } }],
  ['predict', 200, 'a model serves', { params: iris, body: instance }],
  ['predict', 400, 'the model refuses', { params: iris, body: {} }, () => answers(400, { error: 'expected rows' })],
  ['predict', 404, 'there is no such pipeline', { params: nothing }],
  ['predict', 409, 'nothing serves yet', { params: idle, body: instance }],
  ['predict', 502, 'the predictor fails', { params: iris, body: instance }, () => answers(503, 'no healthy upstream')],
  ['predict', 503, 'no pod is ready', { params: iris, body: instance }, () => (predictor = undefined)],
  ['predict', 503, 'no revision is', { params: iris, body: instance }, () => (serving = undefined)],
  ['getWaiting', 200, 'one waits', { params: iris }],
  ['getWaiting', 400, 'the page is none', { params: iris, query: { top: 'x' } }],
  ['getWaiting', 404, 'there is no such pipeline', { params: nothing }],
  ['getWaiting', 409, 'the pipeline is broken', { params: broken }],
  ['getArrivals', 400, 'no path is asked for', {}],
  ['getArrivals', 400, 'the page is none', { query: { path: 'landing/iris/a.csv', continuation: 'x' } }],
];

function answers(status: number, body: unknown): void {
  predictor = { status, contentType: 'text/plain', body: typeof body === 'string' ? body : JSON.stringify(body) };
}

test.each(cases)('%s answers %i where %s', async (id, status, _, asked, prepare) => {
  await prepare?.();
  const { body, ...answered } = await ask(id, asked);
  expect(answered.status).toBe(status);
  // Whoever is refused is told what to do.
  if (status >= 400 && id !== 'health') expect(body).toHaveProperty('hint', expect.stringMatching(/\w/));
});

test('health answers 200 where every part does', async () => {
  const { status, body } = await ask('health', {}, { ...edge, pipelines: () => loaded() });
  expect(body).toMatchObject({ status: 'Healthy' });
  expect(status).toBe(200);
});

test('the document is served as it is', async () => {
  expect((await ask('getOpenApi')).body).toEqual(openApiDocument());
});

test('a predictor’s own words are passed on', async () => {
  answers(400, { error: 'expected rows of 4 numbers' });
  const { body } = await ask('predict', { params: iris, body: {} });
  expect(body).toMatchObject({ detail: 'The model cannot take this: expected rows of 4 numbers' });
});

test('rows that were set aside come with what is wrong, also those that cannot be read', async () => {
  const { body } = await ask('getQuarantine', { params: ended });
  const rows = [
    { line: 'x,y', problem: 'no number' },
    { row: 'no json', problem: 'This line is no JSON.' },
  ];
  expect(body).toMatchObject({ path: `quarantine/iris/batch=${built}`, rows });
});

test('a log comes from the lake once its job is over', async () => {
  const { body } = await ask('getRunLog', { params: { ...ended, stage: 'process' } });
  const pods = [{ pod: `${over}-process-1-driver`, lines: ['read 1 row'] }];
  expect(body).toEqual({ runId: over, stage: 'process', attempt: 1, attempts: [1], live: false, pods });
});

/** The source with a script after a look, or in the middle of one, by a job of this id. */
async function looked(status: 'Failed' | 'Running', runId?: string): Promise<void> {
  const job = runId !== undefined && { job: { runId, attempt: 1 } };
  await edge.clients.sources.save('iris', { name: 'script', status, since: at, failures: 1, ...job });
}

describe('sources', () => {
  test('show what their script said: from the lake once its job is over, from its pod while it runs', async () => {
    const of = { pipeline: 'iris', source: 'script', attempt: 1, attempts: [1] };
    await looked('Failed', over);
    const kept = [{ pod: `${over}-collect-1-x`, lines: ['150 flowers'] }];
    expect((await ask('getSourceLog', { params: script })).body).toEqual({
      ...of,
      runId: over,
      live: false,
      pods: kept,
    });
    await looked('Running', open);
    pods = [{ metadata: { name: `${open}-collect-1-x` } }];
    expect((await ask('getSourceLog', { params: script })).body).toMatchObject({
      ...of,
      runId: open,
      live: true,
      pods: [{ lines: ['epoch 1', 'epoch 2'] }],
    });
  });

  test('are shown with what came of them, when they are due, and what they lack', async () => {
    const error = { reason: 'NotFound', message: 'not there', hint: 'correct it' };
    const seen = { status: 'Failed' as const, since: at, lastCheckedAt: at, failures: 1, retryAt: at, error };
    const warnings = [{ ...error, reason: 'TooLarge', at }];
    await edge.clients.sources.save('iris', { name: 'daily', ...seen, warnings });
    await edge.clients.sources.save('iris', { name: 'script', ...seen, status: 'Running' });
    const { sources }: { sources: object[] } = (await ask('getPipeline', { params: iris })).body;
    expect(sources).toMatchObject([
      { name: 'daily', type: 'https', status: 'Failed', error, warnings, retryAt: at, schedule: { timeZone: 'UTC' } },
      { name: 'unset', status: 'NotConfigured', error: { message: expect.stringMatching(/SOURCE_UNSET/) as string } },
      { name: 'script', type: 'script', status: 'Running' },
    ]);
    expect(sources[2]).not.toHaveProperty('error');
    expect(sources[0]).toHaveProperty('schedule.nextAt', expect.stringMatching(/T03:00:00/));
  });

  test('that are asked for run, but for those that lack a setting', async () => {
    expect((await ask('postCollect', { params: iris })).body).toMatchObject({
      value: [
        { source: 'daily', status: 'Running' },
        { source: 'unset', status: 'NotConfigured' },
        { source: 'script', status: 'Running' },
      ],
      statusUrl: 'http://app.test/api/pipelines/iris',
    });
  });
});

describe('a run that goes on', () => {
  test('shows what the pods of its job say', async () => {
    pods = ['master-0', 'worker-0'].map((name) => ({ metadata: { name: `${open}-train-1-${name}` } }));
    const { body } = await ask('getRunLog', { params: { ...going, stage: 'train' } });
    const lines = ['epoch 1', 'epoch 2'];
    expect(body).toMatchObject({ live: true, attempt: 1, pods: [{ lines }, { pod: `${open}-train-1-worker-0` }] });
  });

  const stages = [{ name: 'train', status: 'Running', startedAt: at }];

  test('shows what its job says', async () => {
    const child = awaitId(going.runId, 'train', 1);
    instances = {
      [going.runId]: { over: false, customStatus: { stage: 'train', stages, child, metrics: { accuracy: 1 } } },
      [child]: { over: false, customStatus: { waitingFor: 'a node' } },
    };
    expect((await ask('getRun', { params: going })).body).toMatchObject({ stage: 'train', waitingFor: 'a node' });
  });

  test('shows the review that it waits for', async () => {
    const gate = { decision: 'review', reasons: ['drift'] };
    const customStatus = { stage: 'review', stages, child: reviewId(going.runId), modelVersion: unbuilt, gate };
    instances = { [going.runId]: { over: false, customStatus } };
    expect((await ask('getRun', { params: going })).body).toMatchObject({ gate, review: { runId: going.runId } });
  });
});

describe('a promotion by hand', () => {
  const id = promotionId(runIdOf('iris', built));
  const failed = { result: 'Failed', reason: 'GoldenMismatch', message: 'answers wrong', hint: 'look' };
  test.each([
    ['none', undefined, undefined],
    [
      'one under way',
      { over: false, customStatus: { waitingFor: 'a pod' } },
      { status: 'Running', waitingFor: 'a pod' },
    ],
    ['one that passed', { over: true, output: { result: 'Promoted' } }, { status: 'Succeeded' }],
    ['one that failed', { over: true, output: failed }, { status: 'Failed', error: { reason: 'GoldenMismatch' } }],
    ['one that broke', { over: true, failed: 'x' }, { status: 'Failed', error: { reason: 'OrchestrationFailed' } }],
  ])('shows as %s', async (_, state, promotion) => {
    instances = { [id]: state };
    const body: { promotion?: object } = (await ask('getModel', { params: { ...iris, version: built } })).body;
    if (promotion) expect(body.promotion).toMatchObject(promotion);
    else expect(body).not.toHaveProperty('promotion');
  });

  test('is refused while another rollout is under way', async () => {
    await edge.clients.models.move('iris', (now) => ({ ...now, rollout: 'other' }));
    const { status, body } = await ask('promoteModel', { params: { ...iris, version: built } });
    await edge.clients.models.move('iris', () => ({ champion }));
    expect([status, body]).toMatchObject([409, { detail: 'A rollout of iris is under way: other.' }]);
  });
});

describe('page by page', () => {
  interface Page {
    value: { version: string; runId: string; eTag: string; waiting?: true }[];
    runs: { runId: string }[];
    continuation?: string;
  }
  const page = async (id: OperationId, asked: Asked, continuation?: string): Promise<Page> =>
    (await ask(id, { ...asked, query: { ...asked.query, ...(continuation && { continuation }) } })).body;

  test('versions come newest first, each once', async () => {
    const asked = { params: iris, query: { top: '2' } };
    const first = await page('listModels', asked);
    expect(first.value.map(({ version }) => version)).toEqual([champion, unbuilt]);
    const second = await page('listModels', asked, first.continuation);
    expect(second.value.map(({ version }) => version)).toEqual([built]);
    expect(second).not.toHaveProperty('continuation');
    expect(second).toHaveProperty('aliases.champion', champion);
  });

  test('arrivals and runs over a file do too', async () => {
    const asked = { query: { path: 'landing/iris/a.csv', top: '1' } };
    const first = await page('getArrivals', asked);
    expect(first).toMatchObject({ value: [{ eTag: '2', waiting: true }], runs: [{ runId: going.runId }] });
    const second = await page('getArrivals', asked, first.continuation);
    expect(second).toMatchObject({ value: [{ eTag: '1', runId: over }], runs: [{ runId: over, modelVersion: built }] });
    expect(second).not.toHaveProperty('continuation');
  });
});

describe('any route', () => {
  const params = { ...pending, ...going, ...iris, version: built, document: 'batch', stage: 'train' };
  const claims = [{ typ: 'roles', val: 'Owner' }];
  const stranger = Buffer.from(JSON.stringify({ claims })).toString('base64');
  const signedIn = () => ({ ...edge, isAuthenticated: true });
  const failing = () => ({
    ...edge,
    pipelines: () => {
      throw new Error('the disk is gone');
    },
    clients: new Proxy({} as Clients, {
      get() {
        throw new Error('the network is gone');
      },
    }),
  });

  test.each(OPERATIONS)('%s wants somebody who is signed in, and who may', async (id) => {
    expect((await ask(id, { params }, signedIn())).status).toBe(401);
    const headers = { 'x-ms-client-principal': stranger };
    expect((await ask(id, { params, headers }, signedIn())).status).toBe(403);
  });

  test.each(OPERATIONS.filter(([, { answers }]) => 500 in answers))('%s says what failed', async (id) => {
    const query: Record<string, string> = id === 'getArrivals' ? { path: 'landing/iris/a.csv' } : {};
    const { status, body } = await ask(id, { params, query }, failing());
    expect([status, body]).toMatchObject([500, { detail: expect.stringMatching(/ is gone$/) }]);
  });
});

test('every answer that is documented has come', () => {
  expect([...recorder.seen].sort()).toEqual([...recorder.documented].sort());
});
