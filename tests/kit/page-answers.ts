import type { Received, Reply } from './stand-in-app.ts';

/** A moment of the day that the answers below are of. */
export const at = (time: string): string => `2026-03-02T${time}.000Z`;
export const CHAMPION = '20260301-101502-3fa9c1';
export const OVER = `iris-${CHAMPION}`;
export const DOUBTFUL = 'iris-20260302-090000-a1b2c3';
export const FAILED = 'iris-20260302-080000-c0ffee';

const object = { namespace: 'landfall', attempt: 1 };
const reasons = ['petal_length: PSI 1.21 is above 0.2', 'petal_width: PSI 0.84 is above 0.2'];

export const overRun = {
  runId: OVER,
  pipeline: 'iris',
  batchId: CHAMPION,
  status: 'Succeeded',
  stage: 'rollout',
  stages: [
    stage('collect', '08:15:02', '08:15:04', { detail: '1 file' }),
    stage('process', '08:15:04', '08:15:19', {
      detail: '150 rows, 0 set aside',
      job: { ...object, cluster: 'data-processing', kind: 'SparkApplication', name: `${OVER}-process-1` },
    }),
    stage('train', '08:15:19', '08:15:34', {
      detail: '60 epochs',
      job: { ...object, cluster: 'training', kind: 'PyTorchJob', name: `${OVER}-train-1` },
    }),
    stage('record', '08:15:34', '08:15:35'),
    stage('validate', '08:15:35', '08:15:36', { detail: 'pass' }),
    stage('build', '08:15:36', '08:15:38'),
    stage('rollout', '08:15:38', '08:15:47', { detail: 'all traffic' }),
  ],
  modelVersion: CHAMPION,
  metrics: { accuracy: 0.973, loss: 0.0921 },
  gate: { decision: 'pass', reasons: ['accuracy 0.973 is at least 0.9'] },
  startedAt: at('08:15:02'),
  finishedAt: at('08:15:47'),
};

export const review = {
  runId: DOUBTFUL,
  version: DOUBTFUL.replace('iris-', ''),
  status: 'Waiting',
  reasons,
  requestedAt: at('09:01:00'),
  deadlineAt: '2026-03-05T09:01:00.000Z',
  onDeadline: 'reject',
  link: `https://landfall.example/api/dashboard/#/runs/${DOUBTFUL}/review`,
};

export const doubtfulRun = {
  runId: DOUBTFUL,
  pipeline: 'iris',
  batchId: DOUBTFUL.replace('iris-', ''),
  status: 'Running',
  stage: 'review',
  waitingFor: 'a review until 2026-03-05T09:01:00.000Z',
  stages: [
    stage('collect', '09:00:00', '09:00:02', { detail: '2 files' }),
    stage('process', '09:00:02', '09:00:20', { detail: '150 rows, 3 set aside' }),
    stage('train', '09:00:20', '09:00:55', { detail: '60 epochs' }),
    stage('record', '09:00:55', '09:00:56'),
    stage('validate', '09:00:56', '09:01:00', { detail: 'review' }),
    { name: 'review', status: 'Running', startedAt: at('09:01:00') },
  ],
  modelVersion: DOUBTFUL.replace('iris-', ''),
  metrics: { accuracy: 0.953, loss: 0.131 },
  gate: { decision: 'review', reasons },
  review,
  startedAt: at('09:00:00'),
};

export const failedRun = {
  runId: FAILED,
  pipeline: 'iris',
  batchId: FAILED.replace('iris-', ''),
  status: 'Failed',
  stage: 'train',
  stages: [
    stage('collect', '08:00:00', '08:00:02', { detail: '1 file' }),
    stage('process', '08:00:02', '08:00:20', { detail: '150 rows, 0 set aside' }),
    { name: 'train', status: 'Failed', startedAt: at('08:00:20'), finishedAt: at('08:04:40') },
  ],
  error: {
    stage: 'train',
    reason: 'OOMKilled',
    message: 'Container pytorch of iris-20260302-080000-c0ffee-train-1-worker-0 used more memory than its limit, 2Gi.',
    hint: 'Raise train.resources.memory in workloads/pipelines/iris/pipeline.yaml, or lower its batch size.',
  },
  startedAt: at('08:00:00'),
  finishedAt: at('08:04:40'),
};

export const pipeline = {
  name: 'iris',
  description: 'Species of iris flowers from four measurements.',
  enabled: true,
  landing: 'landing/iris/',
  schedule: { cron: '0 6 * * *', timeZone: 'Europe/Berlin', nextAt: '2026-03-03T05:00:00.000Z' },
  sources: [
    {
      name: 'published',
      type: 'https',
      schedule: { cron: '*/15 * * * *', timeZone: 'UTC', nextAt: at('12:15:00') },
      lastCheckedAt: at('11:45:00'),
      lastChangedAt: at('08:14:00'),
      status: 'Unchanged',
    },
    {
      name: 'measurements',
      type: 'script',
      status: 'NotConfigured',
      error: {
        reason: 'NotConfigured',
        message: 'The app setting MEASUREMENTS_URL is not set.',
        hint: 'Set it, then collect again.',
      },
    },
  ],
  champion: CHAMPION,
  activeRun: DOUBTFUL,
};

const broken = {
  name: 'penguins',
  description: '',
  enabled: false,
  error: 'workloads/pipelines/penguins/pipeline.yaml:7: train.workers: expected a number, got "two"',
};

export const championModel = {
  pipeline: 'iris',
  version: CHAMPION,
  runId: OVER,
  batchId: CHAMPION,
  status: 'Deployed',
  metrics: overRun.metrics,
  gate: overRun.gate,
  path: `models/iris/${CHAMPION}`,
  codeDigest: 'sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
  digests: {
    code: 'sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
    weights: 'sha256:d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35',
  },
  lineage: { batch: `runs/iris/${OVER}/batch.json`, files: 1 },
  image: 'registry.example/serving@sha256:4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce',
  createdAt: at('08:15:35'),
};

export const doubtfulModel = {
  ...championModel,
  version: doubtfulRun.batchId,
  runId: DOUBTFUL,
  batchId: doubtfulRun.batchId,
  status: 'Candidate',
  metrics: doubtfulRun.metrics,
  championMetrics: { accuracy: 0.96, loss: 0.101 },
  changedPredictions: 0.0667,
  gate: doubtfulRun.gate,
  path: `models/iris/${doubtfulRun.batchId}`,
  lineage: { batch: `runs/iris/${DOUBTFUL}/batch.json`, files: 2, champion: CHAMPION },
  createdAt: at('09:00:56'),
};

const file = (path: string) => ({ path, eTag: '0x8DC1', size: 4_606 });
export const batchOf = (run: { runId: string; batchId: string }, paths: string[]) => ({
  pipeline: 'iris',
  batchId: run.batchId,
  runId: run.runId,
  createdAt: at('08:15:02'),
  files: paths.map(file),
});

export const backfill = (status: string) => ({
  backfillId: 'iris-20260302-070000-0000b1',
  pipeline: 'iris',
  status,
  from: '2026-02-01T00:00:00.000Z',
  to: '2026-02-04T00:00:00.000Z',
  partition: 'day',
  parallel: 1,
  prefix: 'landing/iris/',
  partitions: [
    { ...day(1), files: 3, bytes: 14_000, status: 'Succeeded', runId: 'iris-20260302-070001-0000b2' },
    { ...day(2), files: 1, bytes: 4_600, status: 'Running', runId: 'iris-20260302-070101-0000b3' },
    { ...day(3), files: 2, bytes: 9_200, status: 'Pending' },
  ],
  startedAt: at('07:00:00'),
});

const feature = { dataType: 'double', count: 150, missing: 0, distinct: 40, infinite: 0, quantiles: { '0.5': 4 } };
const profileOf = (batch: string, shift: number) => ({
  version: 1,
  pipeline: 'iris',
  batch,
  baseline: null,
  rows: 150,
  label: 'species',
  features: [
    {
      ...feature,
      ...{ name: 'petal_length', type: 'number', min: 1 + shift, max: 7 + shift, mean: 3.8 + shift, std: 1.7 },
      histogram: { edges: [2, 3, 4, 5, 6], counts: shift ? [2, 8, 20, 40, 50, 30] : [48, 3, 20, 37, 32, 10] },
    },
    {
      ...{ name: 'species', dataType: 'string', count: 150, missing: 0, distinct: 3, type: 'category', other: 0 },
      top: ['setosa', 'versicolor', 'virginica'].map((value, rank) => ({ value, count: shift ? 20 + 30 * rank : 50 })),
    },
  ],
  skipped: [],
});

const drift = {
  version: 1,
  baseline: CHAMPION,
  batch: doubtfulRun.batchId,
  rows: { baseline: 150, batch: 150 },
  features: [
    {
      ...{ name: 'petal_length', type: 'number', isLabel: false, drifted: true, reasons: ['PSI 1.21 is above 0.2'] },
      measures: {
        psi: { value: 1.21, limit: 0.2, pValue: 0.00001, exceeded: true },
        ks: { value: 0.31, limit: 0.15, pValue: 0.0004, exceeded: true },
        missing: { value: 0, limit: 0.05, exceeded: false },
      },
    },
    {
      ...{ name: 'species', type: 'category', isLabel: true, drifted: false, reasons: [] },
      measures: { psi: { value: 0.11, limit: 0.2, exceeded: false } },
    },
  ],
  problems: [],
  chance: { falseAlarms: 0.01, tests: 5, pValue: 0.002 },
  driftedFeatures: { share: 0.5, limit: 0.3 },
  drifted: true,
  reasons,
};

const checks = {
  version: 1,
  rows: 153,
  checks: [
    {
      check: 'sepal_length between 0 and 30',
      onFailure: 'quarantineRows',
      failed: 3,
      samples: [{ sepal_length: -1, species: 'setosa' }],
    },
    { check: 'species is there', onFailure: 'quarantineBatch', failed: 0, samples: [] },
  ],
};

const health = {
  status: 'Unhealthy',
  parts: [
    { name: 'lake', status: 'Healthy', detail: 'Reads and writes.' },
    { name: 'tables', status: 'Healthy', detail: 'Reads and writes.' },
    {
      name: 'training',
      status: 'Unhealthy',
      detail: 'Cluster training could not be asked to list pods: connect ECONNREFUSED 10.0.0.4:443.',
      cure: 'Start the cluster: az aks start --resource-group landfall --name training',
    },
  ],
};

/** An app on an ordinary day: a model serves, a doubtful one waits for a person, a run has failed. */
export const EVERYDAY: Record<string, Reply | Reply[] | ((request: Received) => Reply)> = {
  'GET pipelines': { body: { value: [pipeline, broken] } },
  'GET pipelines/iris': { body: pipeline },
  'GET runs': ({ query }) => {
    const status = query.get('status');
    return { body: { value: [doubtfulRun, failedRun, overRun].filter((run) => !status || run.status === status) } };
  },
  [`GET runs/${OVER}`]: { body: overRun },
  [`GET runs/${DOUBTFUL}`]: { body: doubtfulRun },
  [`GET runs/${FAILED}`]: { body: failedRun },
  [`GET runs/${FAILED}/logs/train`]: {
    body: {
      ...{ runId: FAILED, stage: 'train', attempt: 1, attempts: [1], live: false },
      pods: [
        {
          pod: `${FAILED}-train-1-worker-0`,
          lines: ['epoch 1 of 60: loss 1.0213', 'epoch 2 of 60: loss 0.9120', 'Killed'],
        },
      ],
    },
  },
  [`GET runs/${OVER}/documents/batch`]: { body: batchOf(overRun, ['landing/iris/first.csv']) },
  [`GET runs/${DOUBTFUL}/documents/batch`]: {
    body: batchOf(doubtfulRun, ['landing/iris/new.csv', 'landing/iris/newer.csv']),
  },
  [`GET runs/${DOUBTFUL}/documents/checks`]: { body: checks },
  [`GET runs/${DOUBTFUL}/documents/profile`]: { body: profileOf(doubtfulRun.batchId, 1) },
  [`GET runs/${DOUBTFUL}/documents/drift`]: { body: drift },
  [`GET runs/${DOUBTFUL}/quarantine`]: {
    body: {
      path: `quarantine/iris/${DOUBTFUL}`,
      rows: [{ sepal_length: '-1', sepal_width: '3.5', species: 'setosa', problem: 'sepal_length between 0 and 30' }],
      files: [{ path: `quarantine/iris/${DOUBTFUL}/part-0.json`, size: 420 }],
    },
  },
  'GET models/iris': { body: { aliases: { champion: CHAMPION }, value: [doubtfulModel, championModel] } },
  [`GET models/iris/${CHAMPION}`]: {
    body: { ...championModel, lineage: { ...championModel.lineage, files: [file('landing/iris/first.csv')] } },
  },
  [`GET models/iris/${doubtfulModel.version}`]: {
    body: { ...doubtfulModel, lineage: { ...doubtfulModel.lineage, files: [file('landing/iris/new.csv')] } },
  },
  [`GET models/iris/${CHAMPION}/documents/profile`]: { body: profileOf(CHAMPION, 0) },
  [`GET models/iris/${CHAMPION}/documents/golden`]: {
    body: { requests: [{ instances: [[5.1, 3.5, 1.4, 0.2]] }], responses: [{ predictions: [{ label: 'setosa' }] }] },
  },
  'GET pipelines/iris/waiting': {
    body: {
      value: [{ path: 'landing/iris/next.csv', eTag: '0x8DC2', size: 4_606, at: at('11:59:30'), marker: false }],
    },
  },
  'GET pipelines/iris/backfills': { body: { value: [backfill('Running')] } },
  'GET health': { status: 503, body: health },
};

function stage(name: string, from: string, to: string, more: object = {}) {
  return { name, status: 'Succeeded', startedAt: at(from), finishedAt: at(to), ...more };
}

function day(date: number) {
  return { from: `2026-02-0${date}T00:00:00.000Z`, to: `2026-02-0${date + 1}T00:00:00.000Z` };
}
