import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parsePipeline } from '../parse-pipeline.ts';
import type { Pipeline } from '../pipeline.ts';
import { batchJob } from './batch-job.ts';
import { inferenceService } from './inference-service.ts';
import type { JobSpec } from './job-spec.ts';
import { pytorchJob } from './pytorch-job.ts';
import { sparkApplication } from './spark-application.ts';

function declared(yaml: string): Pipeline {
  const parsed = parsePipeline(`name: iris\nlanding: {prefix: iris/}\n${yaml}`, 'pipeline.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.pipeline;
}

const job = (yaml: string, stage: JobSpec['stage']): JobSpec => ({
  pipeline: declared(yaml),
  runId: 'iris-20260101-000000-abcdef',
  batchId: '20260101-000000-abcdef',
  stage,
  attempt: 1,
  image: 'registry.example/spark@sha256:1',
  input: 'runs/iris/x/batch.json',
  output: 'curated/iris/batch=x',
  lakeUrl: 'https://lake.dfs.core.windows.net',
});

test('a job is named by run, stage and attempt, and its hash follows its spec', () => {
  const one = sparkApplication(job('', 'process'));
  expect(one.metadata.name).toBe('iris-20260101-000000-abcdef-process-1');
  expect(sparkApplication(job('', 'process'))).toEqual(one);
  expect(sparkApplication(job('process: {resources: {memory: 2g}}', 'process')).metadata.annotations).not.toEqual(
    one.metadata.annotations,
  );
});

test('the Spark application carries the job contract and nothing secret', () => {
  const { spec } = sparkApplication(job('process: {parameters: {maxBadFraction: 0.2}}', 'process'));
  expect(spec.arguments).toEqual(
    expect.arrayContaining(['--batch', '20260101-000000-abcdef', '--param', 'maxBadFraction=0.2']),
  );
  // An affinity names labels by their key.
  expect(JSON.stringify(spec, (field, value: unknown) => (field === 'affinity' ? {} : value))).not.toMatch(/key/i);
  for (const pod of [spec.driver, spec.executor]) {
    expect(pod).toMatchObject({ serviceAccount: 'spark', labels: { 'azure.workload.identity/use': 'true' } });
  }
});

test('the PyTorchJob has one master and the declared workers, and GPUs bring their toleration', () => {
  const plain = pytorchJob(job('train: {workers: 3}', 'train')).spec.pytorchReplicaSpecs as Record<
    string,
    { replicas: number }
  >;
  expect(plain.Master?.replicas).toBe(1);
  expect(plain.Worker?.replicas).toBe(3);
  expect(JSON.stringify(plain)).not.toContain('nvidia.com/gpu');
  const gpus = JSON.stringify(pytorchJob(job('train: {workers: 0, resources: {gpus: 2}}', 'train')).spec);
  expect(gpus).toContain('"nvidia.com/gpu":"2"');
  expect(gpus).toContain('"key":"sku"');
  expect(gpus).not.toContain('"Worker"');
});

test.each([
  [0, '1', ['python', '-m', 'landfall_runtime.job']],
  [1, '1', ['python', '-m', 'landfall_runtime.job']],
  [4, '4', ['python', '-m', 'torch.distributed.run', '-m', '--', 'landfall_runtime.job']],
])('with %i GPUs a pod has %s processes, and memory that they share', (gpus, processes, command) => {
  const { spec } = pytorchJob(job(`train: {resources: {gpus: ${gpus}}}`, 'train'));
  expect(spec.nprocPerNode).toBe(processes);
  for (const { template } of Object.values(spec.pytorchReplicaSpecs as Record<string, { template: unknown }>)) {
    expect(template).toMatchObject({
      spec: {
        volumes: [{ name: 'shared-memory', emptyDir: { medium: 'Memory' } }],
        containers: [{ command, volumeMounts: [{ name: 'shared-memory', mountPath: '/dev/shm' }] }],
      },
    });
  }
});

test('no pod goes to the nodes of an AKS system pool, and nodes without that label are fine', () => {
  const script = job('sources: [{name: s, type: script}]', 'collect');
  const [source] = script.pipeline.sources;
  if (source?.type !== 'script') throw new Error('no script');
  const { driver, executor } = sparkApplication(job('', 'process')).spec;
  const { pytorchReplicaSpecs } = pytorchJob(job('train: {workers: 1}', 'train')).spec;
  const { Master, Worker } = pytorchReplicaSpecs as Record<string, { template: { spec: object } }>;
  const { template } = batchJob({ ...script, source }).spec as { template: { spec: object } };
  const { predictor } = inferenceService({ pipeline: declared(''), version: 'v', image: 'i' }).spec;
  for (const pod of [driver, executor, Master?.template.spec, Worker?.template.spec, template.spec, predictor]) {
    // NotIn holds for a node without the label too.
    const expression = { key: 'kubernetes.azure.com/mode', operator: 'NotIn', values: ['system'] };
    expect(pod).toHaveProperty(
      ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'],
      [{ matchExpressions: [expression] }],
    );
  }
});

test('a revision beside the champion asks for no traffic, a promoted one leaves the field out', () => {
  const spec = { pipeline: declared(''), version: 'v', image: 'i' };
  expect(inferenceService({ ...spec, trafficPercent: 0 }).spec.predictor).toHaveProperty('canaryTrafficPercent', 0);
  expect(inferenceService(spec).spec.predictor).not.toHaveProperty('canaryTrafficPercent');
  expect(inferenceService(spec).metadata.labels).not.toHaveProperty('landfall.dev/version');
});

test('environment, secrets by reference, node selectors, tolerations and spot reach the pods; a Spark driver avoids spot', () => {
  const pods = `pods: {environment: {MODE: fast}, secrets: {TOKEN: {secret: s, key: k}}, nodeSelector: {pool: a}, tolerations: [{key: t, operator: Exists}], spot: true}`;
  const env = [
    { name: 'MODE', value: 'fast' },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
  ];
  const spot = { nodeSelector: { pool: 'a', 'kubernetes.azure.com/scalesetpriority': 'spot' } };
  const spark = sparkApplication(job(`process: {${pods}}`, 'process')).spec as Record<string, { env: unknown[] }>;
  expect(spark.executor).toMatchObject(spot);
  expect(spark.executor?.env).toEqual(expect.arrayContaining(env));
  expect(spark.driver).toMatchObject({ nodeSelector: { pool: 'a' }, tolerations: [{ key: 't', operator: 'Exists' }] });
  expect(JSON.stringify(spark.driver)).not.toContain('spot');

  const torch = JSON.stringify(pytorchJob(job(`train: {${pods}, resources: {gpus: 1}}`, 'train')).spec);
  for (const part of ['"key":"sku"', '"key":"t"', '"value":"spot"', '"secretKeyRef":{"name":"s","key":"k"}']) {
    expect(torch).toContain(part);
  }
  const serving = inferenceService({ pipeline: declared(`rollout: {${pods}}`), version: 'v', image: 'i' });
  expect(serving.spec.predictor).toMatchObject({
    ...spot,
    containers: [{ env: expect.arrayContaining(env) as unknown }],
  });
});

describe('what the shipped pipeline asks of the clusters', () => {
  const text = readFileSync(new URL('../../workloads/pipelines/iris/pipeline.yaml', import.meta.url), 'utf8');
  const parsed = parsePipeline(text, 'pipeline.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const { pipeline } = parsed;
  // `npx vitest run shared/manifests -u` writes the files anew after a change; the difference is for the reviewer.
  const source = pipeline.sources.find(({ type }) => type === 'script');
  if (source?.type !== 'script') throw new Error('iris has no script');
  const collected = { input: 'runs/iris/_sources/instrument/state.json', output: 'landing/iris/' };
  test.each([
    ['collect', batchJob({ ...job('', 'collect'), pipeline, source, ...collected })],
    ['process', sparkApplication({ ...job('', 'process'), pipeline })],
    ['train', pytorchJob({ ...job('', 'train'), pipeline, baseline: 'models/iris/20251231-000000-abcdef' })],
    [
      'rollout',
      inferenceService({ pipeline, version: '20260101-000000-abcdef', image: 'registry.example/serving@sha256:1' }),
    ],
  ])('in %s', async (stage, manifest) => {
    await expect(stringify(manifest, { aliasDuplicateObjects: false })).toMatchFileSnapshot(
      `golden/iris-${stage}.yaml`,
    );
  });
});
