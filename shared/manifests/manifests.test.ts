import { expect, test } from 'vitest';
import { parsePipeline } from '../parse-pipeline.ts';
import type { Pipeline } from '../pipeline.ts';
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
  expect(JSON.stringify(spec)).not.toMatch(/key/i);
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

test('a revision beside the champion asks for no traffic, a promoted one leaves the field out', () => {
  const spec = { pipeline: declared(''), version: 'v', image: 'i' };
  expect(inferenceService({ ...spec, trafficPercent: 0 }).spec.predictor).toHaveProperty('canaryTrafficPercent', 0);
  expect(inferenceService(spec).spec.predictor).not.toHaveProperty('canaryTrafficPercent');
  expect(inferenceService(spec).metadata.labels).not.toHaveProperty('landfall.dev/version');
});
