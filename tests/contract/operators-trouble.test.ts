import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TROUBLES } from '../../local/operators/trouble.ts';
import type { ActivityContext, PinnedRun } from '../../orchestrations/activities/context.ts';
import { JOB_KINDS, type JobStage } from '../../orchestrations/activities/job-manifest.ts';
import { observeJob, type JobSighting } from '../../orchestrations/activities/job.ts';
import { submitJob } from '../../orchestrations/activities/submit-job.ts';
import { createCluster } from '../../shared/clients/cluster.ts';
import { KINDS } from '../../shared/manifests/kinds.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import { until } from '../kit/running-platform.ts';
import { startBench, type Bench } from './operators-kit.ts';

// What a run says of each trouble that pipeline.yaml asks the local operators for, by each kind of job.
let bench: Bench;
let runs = 0;
beforeAll(async () => (bench = await startBench({})));
afterAll(() => bench.close());

const SIDES = { process: 'dataProcessing', train: 'training' } as const;

function clusterOf(stage: keyof typeof SIDES) {
  const { server, token, ca } = bench.options.clusters[SIDES[stage]];
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server, caData: Buffer.from(ca).toString('base64'), skipTLSVerify: false },
    { name: 'u', token },
  );
  return createCluster(KINDS[JOB_KINDS[stage].kind].cluster, {
    config: async () => config,
    forget: () => undefined,
    wake: async () => ({ awake: true }),
    pools: async () => [],
  });
}

/** Submits a job whose pipeline asks for a trouble, and looks at it until it is seen. */
async function seen(stage: keyof typeof SIDES, trouble: string, is: (sighting: JobSighting) => boolean) {
  const batchId = `20260101-${String(++runs).padStart(6, '0')}-abcdef`;
  const runId = `iris-${batchId}`;
  const pods = { environment: { LANDFALL_TROUBLE: trouble } };
  const declared = { name: 'iris', landing: { prefix: 'iris/' }, [stage]: { pods } };
  const pinned: PinnedRun = {
    runId,
    pipeline: pipelineSchema.parse(declared),
    batch: { pipeline: 'iris', batchId, runId, createdAt: '', files: [] },
    codeDigest: 'c',
    images: { spark: bench.image, training: bench.image, serving: bench.image },
  };
  const cluster = clusterOf(stage);
  const lake = {
    read: async (path: string) => (path.endsWith('pinned.json') ? Buffer.from(JSON.stringify(pinned)) : undefined),
    write: async () => true,
  };
  const clients = { lake, runs: { cancelRequested: async () => false }, cluster: () => cluster };
  const context = { clients, lakeUrl: 'https://lake' } as unknown as ActivityContext;
  const ref = { runId, stage, attempt: 1 };
  await submitJob(context, ref);
  return until(`${trouble} to be seen`, async () => {
    const sighting = await observeJob(context, ref);
    return is(sighting) && sighting;
  });
}

const FAILS: [trouble: string, reason: string, text: RegExp, lost: boolean][] = [
  ['ImagePullBackOff', 'ImagePullBackOff', /Back-off pulling image/, false],
  ['InitContainerFailed', 'InitContainerFailed', /init container init/, false],
  ['OOMKilled', 'OOMKilled', /exit code 137/, false],
  ['NonZeroExit', 'NonZeroExit', /exit code 3/, false],
  ['Evicted', 'Evicted', /low on resource/, true],
  ['NodeLost', 'NodeLost', /is gone/, true],
];
const WAITS: [trouble: string, text: RegExp][] = [
  ['Unschedulable', /nodes are available/],
  ['FailedScaleUp', /quota of the VM size/],
  ['Stuck', /\w/],
];

describe.each(Object.keys(SIDES) as (keyof typeof SIDES & JobStage)[])('a %s job that asks for trouble', (stage) => {
  test.each(FAILS)('%s fails with its reason and a hint', async (trouble, reason, message, lost) => {
    const sighting = await seen(stage, trouble, ({ phase }) => phase === 'Failed');
    expect(sighting).toMatchObject({
      reason,
      lost,
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/\w/) as string,
    });
  });

  test.each(WAITS)('%s waits and says for what', async (trouble, text) => {
    const told = (sighting: JobSighting) => 'detail' in sighting && text.test(sighting.detail);
    expect(await seen(stage, trouble, told)).toMatchObject({ phase: 'Waiting' });
  });

  test('a trouble that nobody knows is told with those that there are', async () => {
    const sighting = await seen(stage, 'Gremlins', ({ phase }) => phase === 'Failed');
    expect(sighting).toMatchObject({ message: expect.stringMatching(/"Gremlins", expected one of Image/) as string });
  });
});

test('one rank alone can be lost', async () => {
  const sighting = await seen('train', 'NodeLost of 1', ({ phase }) => phase === 'Failed');
  expect(sighting).toMatchObject({
    reason: 'NodeLost',
    lost: true,
    message: expect.stringMatching(/-worker-0/) as string,
  });
});

test('each trouble that can be asked for is asked for above', () => {
  expect(Object.keys(TROUBLES).sort()).toEqual([...FAILS, ...WAITS].map(([name]) => name).sort());
});
