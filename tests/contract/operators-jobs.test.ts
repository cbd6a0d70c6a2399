import { BatchV1Api, PatchStrategy, setHeaderOptions, type V1Job } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processesWith, until } from '../kit/running-platform.ts';
import { NAMESPACE, startBench, type Bench } from './operators-kit.ts';

// Jobs (batch/v1) as their own client sees them, with the real processes behind them.
const SCRIPTS = {
  '/opt/landfall/pipeline/ok.py': 'import os\nprint("collected with", os.environ["LAKE_KEY"])\n',
  '/opt/landfall/pipeline/fail.py': 'import sys\nprint("going down")\nsys.exit(3)\n',
  '/opt/landfall/pipeline/sleep.py': 'import time\nprint("sleeping", flush=True)\ntime.sleep(600)\n',
};

let bench: Bench;
let batch: BatchV1Api;
const namespace = NAMESPACE;
beforeAll(async () => {
  bench = await startBench(SCRIPTS);
  batch = bench.clients.dataProcessing.makeApiClient(BatchV1Api);
});
afterAll(() => bench.close());

function manifest(name: string, script: string, spec: object = {}): V1Job {
  const container = { name: 'collect', image: bench.image, command: ['python', `/opt/landfall/pipeline/${script}.py`] };
  const template = { spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [container] } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { backoffLimit: 0, template, ...spec } };
}
const submit = (name: string, script: string, spec: object = {}) =>
  batch.createNamespacedJob({ namespace, body: manifest(name, script, spec) });
const read = (name: string) => batch.readNamespacedJob({ namespace, name });
const pods = async (name: string) =>
  (await bench.core.dataProcessing.listNamespacedPod({ namespace, labelSelector: `job-name=${name}` })).items;
const ended = (name: string, type: string) =>
  until(`${name} to be ${type}`, async () => {
    const { status } = await read(name);
    return status?.conditions?.some((held) => held.type === type && held.status === 'True') ? status : undefined;
  }, 30_000, 50); // prettier-ignore

test('a Job runs its pod, tells how that goes, and completes; its log is read through the API server', async () => {
  await submit('good', 'ok');
  const status = await ended('good', 'Complete');
  expect(status).toMatchObject({ succeeded: 1, startTime: expect.any(Date), completionTime: expect.any(Date) });
  expect(status.conditions?.map(({ type }) => type)).toEqual(['SuccessCriteriaMet', 'Complete']);
  const [pod] = await pods('good');
  const log = await bench.core.dataProcessing.readNamespacedPodLog({ namespace, name: pod?.metadata?.name ?? '' });
  expect(log).toBe('collected with secret\n');
});

test('one whose script fails has failed, without another pod', async () => {
  await submit('bad', 'fail');
  const status = await ended('bad', 'Failed');
  expect(status.conditions?.at(-1)).toMatchObject({ reason: 'BackoffLimitExceeded' });
  expect(status.failed).toBe(1);
  const [pod, ...others] = await pods('bad');
  expect(others).toEqual([]);
  expect(pod?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(3);
});

test('one that runs for too long is stopped, and nothing of it runs on', async () => {
  await submit('slow', 'sleep', { activeDeadlineSeconds: 2 });
  await until('it to be ready', async () => (await read('slow')).status?.ready === 1, 30_000, 50);
  expect((await ended('slow', 'Failed')).conditions?.at(-1)).toMatchObject({ reason: 'DeadlineExceeded' });
  await until('its process to end', () => processesWith(`${bench.folder}`).every((line) => !line.includes('sleep.py')));
});

test('one that is over goes when its time has come, with its pod', async () => {
  await submit('brief', 'ok', { ttlSecondsAfterFinished: 1 });
  await until('it to go', async () => (await batch.listNamespacedJob({ namespace })).items.every(({ metadata }) => metadata?.name !== 'brief')); // prettier-ignore
  await until('its pod to go', async () => (await pods('brief')).length === 0);
});

test('deleting it ends its process', async () => {
  await submit('gone', 'sleep');
  await until('it to be ready', async () => (await read('gone')).status?.ready === 1, 30_000, 50);
  await batch.deleteNamespacedJob({ namespace, name: 'gone', propagationPolicy: 'Background' });
  await until('its pod to go', async () => (await pods('gone')).length === 0);
  await until('its process to end', () => processesWith(`${bench.folder}`).every((line) => !line.includes('sleep.py')));
});

test('the API server fills in what a Job does not say, and refuses what it may not', async () => {
  await submit('plain', 'ok');
  const { spec, metadata } = await read('plain');
  expect(spec).toMatchObject({
    parallelism: 1,
    completions: 1,
    completionMode: 'NonIndexed',
    suspend: false,
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': metadata?.uid } },
    template: { metadata: { labels: { 'job-name': 'plain', 'controller-uid': metadata?.uid } } },
  });
  const always = manifest('always', 'ok');
  if (always.spec?.template.spec) always.spec.template.spec.restartPolicy = 'Always';
  await expect(batch.createNamespacedJob({ namespace, body: always })).rejects.toMatchObject({
    code: 422,
    body: expect.stringMatching(
      /spec\.template\.spec\.restartPolicy: Required value: valid values: \\"OnFailure\\", \\"Never\\"/,
    ),
  });
  const asMerge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const body = { spec: { template: { spec: { terminationGracePeriodSeconds: 9 } } } };
  await expect(batch.patchNamespacedJob({ namespace, name: 'plain', body }, asMerge)).rejects.toMatchObject({
    code: 422,
    body: expect.stringMatching(/spec\.template: Invalid value.*field is immutable/s),
  });
});
