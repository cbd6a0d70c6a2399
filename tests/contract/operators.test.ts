import { get } from 'node:https';
import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processesWith, until } from '../kit/running-platform.ts';
import { kindOf, NAMESPACE, startBench, type Bench } from './operators-kit.ts';

const SCRIPTS = {
  '/opt/landfall/pipeline/ok.py': [
    'import os, sys',
    'print("rank", os.environ["RANK"], "of", os.environ["WORLD_SIZE"], os.environ["MASTER_ADDR"], os.environ["LAKE_KEY"])',
    'print("file", sys.argv[1], os.path.exists(sys.argv[1]), os.environ["PYTHONPATH"], sys.argv[2])',
  ].join('\n'),
  '/opt/landfall/pipeline/fail.py':
    'import os, sys, time\ntime.sleep(0.3)\nprint("going down")\nsys.exit(3 if os.environ["RANK"] == "1" else time.sleep(60))\n',
  '/opt/landfall/pipeline/sleep.py': 'import time\nprint("sleeping", flush=True)\ntime.sleep(600)\n',
  '/opt/landfall/pipeline/stubborn.py': [
    'import signal, subprocess, sys, time',
    'signal.signal(signal.SIGTERM, signal.SIG_IGN)',
    'subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", __file__])',
    'time.sleep(600)',
  ].join('\n'),
  // Fails the first time that it runs, as long as its marker file is not there.
  '/opt/landfall/pipeline/flaky.py': [
    'import os, sys',
    'marker = os.path.join(os.path.dirname(__file__), os.environ["MARKER"])',
    'if os.path.exists(marker): sys.exit(0)',
    'open(marker, "w").close(); sys.exit(int(os.environ["CODE"]))',
  ].join('\n'),
  '/opt/landfall/pipeline/serve.py': [
    'import http.server, os, sys',
    'if os.environ["VERSION"] == "broken": sys.exit("no model here")',
    'class Handler(http.server.BaseHTTPRequestHandler):',
    '    def do_GET(self):',
    '        if self.path == "/exit": os._exit(1)',
    '        self.send_response(200); self.end_headers(); self.wfile.write(os.environ["VERSION"].encode())',
    '    def log_message(self, *args): pass',
    'http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()',
  ].join('\n'),
};

let bench: Bench;
beforeAll(async () => (bench = await startBench(SCRIPTS)));
afterAll(() => bench.close());

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}
interface Status {
  status?: { conditions?: Condition[]; replicaStatuses?: object; completionTime?: string };
}
const jobs = kindOf('pytorchjobs');

interface Job {
  script: string;
  workers?: number;
  restartPolicy?: string;
  runPolicy?: object;
  env?: Record<string, string>;
  image?: string;
}

async function submit(name: string, { script, workers = 1, restartPolicy = 'Never', ...rest }: Job): Promise<void> {
  const { runPolicy = { cleanPodPolicy: 'Running' }, env = {}, image = bench.image } = rest;
  const path = `/opt/landfall/pipeline/${script}.py`;
  const container = {
    name: 'pytorch',
    image,
    command: ['python', path],
    args: [path, '$(RANK)'],
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
  };
  const replica = (replicas: number) => ({
    replicas,
    restartPolicy,
    template: { spec: { containers: [container], terminationGracePeriodSeconds: 1 } },
  });
  const spec = {
    runPolicy,
    pytorchReplicaSpecs: { Master: replica(1), ...(workers && { Worker: replica(workers) }) },
  };
  const body = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name }, spec };
  await bench.objects.training.createNamespacedCustomObject({ ...jobs, body });
}

const job = async (name: string) =>
  (await bench.objects.training.getNamespacedCustomObject({ ...jobs, name })) as Status;
const pods = async () => (await bench.core.training.listNamespacedPod({ namespace: NAMESPACE })).items;
const podNames = async (prefix: string) =>
  (await pods()).map(({ metadata }) => metadata?.name ?? '').filter((name) => name.startsWith(prefix));
const condition = (name: string, type: string) =>
  until(
    `${name} to be ${type}`,
    async () => (await job(name)).status?.conditions?.find((held) => held.type === type && held.status === 'True'),
    30_000,
    20,
  );

describe('a PyTorchJob', () => {
  test('runs its ranks with the injected environment and succeeds; its log is read through the API server', async () => {
    await submit('good', { script: 'ok', runPolicy: {} });
    expect(await condition('good', 'Succeeded')).toMatchObject({
      reason: 'PyTorchJobSucceeded',
      message: 'PyTorchJob good is successfully completed.',
    });
    const read = (tailLines?: number) =>
      bench.core.training.readNamespacedPodLog({
        namespace: NAMESPACE,
        name: 'good-worker-0',
        container: 'pytorch',
        ...(tailLines && { tailLines }),
      });
    await until('the worker to end', async () => (await read()).includes('file'), 5_000, 50);
    const log = await read();
    expect(log).toContain('rank 1 of 2 127.0.0.1 secret\n');
    expect(log).toMatch(/file \/.+\/machine\/images\/.+\/opt\/landfall\/pipeline\/ok.py True \/.+\/pipeline/);
    expect(await read(1)).toBe(log.slice(log.indexOf('file')));
    const { conditions, completionTime } = (await job('good')).status ?? {};
    expect(conditions?.at(-1)?.type).toBe('Succeeded');
    expect(conditions?.find(({ type }) => type === 'Running')?.status ?? 'False').toBe('False');
    expect(completionTime).toBeDefined();
  });

  test('starts its processes within moments of its creation', async () => {
    const took: number[] = [];
    for (const name of ['quick-1', 'quick-2', 'quick-3']) {
      const began = Date.now();
      await submit(name, { script: 'sleep', workers: 2 });
      await until(
        name,
        () => processesWith(`/machine/`).filter((line) => line.includes('sleep.py')).length > 2,
        20_000,
        5,
      );
      took.push(Date.now() - began);
      await bench.objects.training.deleteNamespacedCustomObject({ ...jobs, name });
      await until(
        'them to end',
        () => processesWith('sleep.py').every((line) => !line.includes(bench.folder)),
        60_000,
        50,
      );
    }
    console.log(`creation to three running ranks: ${took.join(', ')} ms`);
    expect(Math.min(...took)).toBeLessThan(1_000);
  }, 60_000);

  test('fails when a rank fails, and the rest is cleaned away', async () => {
    await submit('bad', { script: 'fail' });
    expect((await condition('bad', 'Failed')).message).toBe(
      'PyTorchJob bad is failed because 1 Worker replica(s) failed.',
    );
    const worker = await bench.core.training.readNamespacedPod({ namespace: NAMESPACE, name: 'bad-worker-0' });
    expect(worker.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    await until('the master to go', async () => !(await podNames('bad')).includes('bad-master-0'));
    expect(await podNames('bad')).toEqual(['bad-worker-0']);
  });

  test('fails at its first failure with a back-off limit of 0', async () => {
    await submit('limited', { script: 'fail', runPolicy: { backoffLimit: 0, cleanPodPolicy: 'All' } });
    expect((await condition('limited', 'Failed')).message).toContain('reached the specified backoff limit');
    await until('all pods to go', async () => (await podNames('limited')).length === 0);
  });

  test('that is over goes by itself, with its pods, when it has been kept long enough', async () => {
    await submit('kept', {
      script: 'ok',
      workers: 0,
      runPolicy: { ttlSecondsAfterFinished: 1, cleanPodPolicy: 'None' },
    });
    await until('the job to go', async () => {
      const jobs = await bench.objects.training.listNamespacedCustomObject(kindOf('pytorchjobs'));
      return !(jobs as { items: { metadata: { name: string } }[] }).items.some(
        ({ metadata }) => metadata.name === 'kept',
      );
    });
  });

  test('fails when its deadline has passed', async () => {
    await submit('late', { script: 'sleep', runPolicy: { activeDeadlineSeconds: 1, cleanPodPolicy: 'All' } });
    expect((await condition('late', 'Failed')).message).toContain('active longer than specified deadline');
    await until('its processes to end', () => processesWith(`${bench.folder}/machine`).length === 0);
  });

  test.each([
    ['restarts a container in place', 'OnFailure', '1', 1],
    ['makes a pod anew after the exit code of a signal', 'ExitCode', '137', 0],
  ])('%s (%s)', async (_, restartPolicy, CODE, restarts) => {
    const name = restartPolicy.toLowerCase();
    await submit(name, {
      script: 'flaky',
      workers: 0,
      restartPolicy,
      env: { MARKER: name, CODE },
      runPolicy: { cleanPodPolicy: 'None' },
    });
    await condition(name, 'Succeeded');
    const pod = (await pods()).find(({ metadata }) => metadata?.name === `${name}-master-0`);
    expect(pod?.status?.containerStatuses?.[0]?.restartCount).toBe(restarts);
  });

  test('that is deleted leaves neither pods nor processes, whatever they ignore', async () => {
    await submit('long', { script: 'stubborn' });
    await condition('long', 'Running');
    await bench.objects.training.deleteNamespacedCustomObject({ ...jobs, name: 'long' });
    await until('its pods to go', async () => (await podNames('long')).length === 0);
    expect(processesWith(`${bench.folder}/machine`)).toEqual([]);
  });

  test('whose image is not there waits with the registry’s own words', async () => {
    await submit('imageless', { script: 'ok', image: bench.image.replace(/sha256:.*/, `sha256:${'0'.repeat(64)}`) });
    const waiting = await until('the pull to be given up for a while', async () => {
      const pod = (await pods()).find(({ metadata }) => metadata?.name === 'imageless-master-0');
      const state = pod?.status?.containerStatuses?.[0]?.state?.waiting;
      return state?.reason === 'ImagePullBackOff' && state;
    });
    expect(waiting.message).toContain('404');
    expect((await job('imageless')).status?.conditions?.map(({ type }) => type)).toEqual(['Created']);
    const { items } = await bench.core.training.listNamespacedEvent({ namespace: NAMESPACE });
    expect(
      items.some(({ reason, involvedObject }) => reason === 'BackOff' && involvedObject.name?.startsWith('imageless')),
    ).toBe(true);
    await bench.objects.training.deleteNamespacedCustomObject({ ...jobs, name: 'imageless' });
    await until('its pods to go', async () => (await podNames('imageless')).length === 0);
  });

  test('whose log is followed streams it until the container ends', async () => {
    await submit('followed', { script: 'sleep', workers: 0 });
    const { server, token, ca } = bench.options.clusters.training;
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/followed-master-0/log?follow=true`;
    await condition('followed', 'Running');
    const chunks: string[] = [];
    const ended = new Promise((resolve, reject) => {
      get(`${server}${path}`, { ca, headers: { authorization: `Bearer ${token}` } }, (response) =>
        response.on('data', (chunk: Buffer) => chunks.push(chunk.toString())).on('end', resolve),
      ).on('error', reject);
    });
    await until('the first line', () => chunks.join('').includes('sleeping'), 5_000, 20);
    await bench.objects.training.deleteNamespacedCustomObject({ ...jobs, name: 'followed' });
    await ended;
  });
});

describe('an InferenceService', () => {
  const services = kindOf('inferenceservices');
  const HOST = 'flower-landfall.example.com';
  interface Served {
    status?: {
      url?: string;
      conditions?: Condition[];
      modelStatus?: { transitionStatus: string; lastFailureInfo?: { message: string; exitCode: number } };
      components?: {
        predictor?: {
          latestCreatedRevision?: string;
          latestReadyRevision?: string;
          latestRolledoutRevision?: string;
          previousRolledoutRevision?: string;
          traffic?: { revisionName: string; percent: number; tag?: string }[];
        };
      };
    };
  }
  const read = async () =>
    ((await bench.objects.serving.getNamespacedCustomObject({ ...services, name: 'flower' })) as Served).status;
  const predictor = async () => (await read())?.components?.predictor ?? {};
  const shares = async () =>
    (await predictor()).traffic?.map(({ revisionName, percent }) => [revisionName.slice(-1), percent]);
  const servingPods = async (revision: string) =>
    (
      await bench.core.serving.listNamespacedPod({
        namespace: NAMESPACE,
        labelSelector: `serving.knative.dev/revision=flower-predictor-0000${revision}`,
      })
    ).items;

  async function apply(version: string, canaryTrafficPercent?: number): Promise<void> {
    const container = {
      name: 'kserve-container',
      image: bench.image,
      command: ['python', '/opt/landfall/pipeline/serve.py'],
      env: [{ name: 'VERSION', value: version }],
      readinessProbe: { httpGet: { path: '/', port: 8080 } },
    };
    const body = {
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: {
        name: 'flower',
        namespace: NAMESPACE,
        annotations: { 'serving.kserve.io/deploymentMode': 'Knative', 'serving.kserve.io/enable-tag-routing': 'true' },
      },
      spec: {
        predictor: {
          ...(canaryTrafficPercent !== undefined && { canaryTrafficPercent }),
          minReplicas: 1,
          containers: [container],
        },
      },
    };
    await bench.objects.serving.patchNamespacedCustomObject(
      { ...services, name: 'flower', body, fieldManager: 'test', force: true },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    );
  }
  const answers = async (count: number) =>
    Array.from(
      new Set(await Promise.all(Array.from({ length: count }, async () => (await bench.ask(HOST)).body))),
    ).sort();
  const ready = (revision: string) =>
    until(
      `revision ${revision} to be ready`,
      async () => (await predictor()).latestReadyRevision === `flower-predictor-0000${revision}`,
      30_000,
      20,
    );

  test('serves its first revision with all of the traffic', async () => {
    await apply('one', 0);
    await ready('1');
    expect(await read()).toMatchObject({
      url: `http://${HOST}`,
      modelStatus: { transitionStatus: 'UpToDate' },
    });
    expect((await read())?.conditions?.every(({ status }) => status === 'True')).toBe(true);
    expect(await answers(1)).toEqual(['one']);
  });

  test('a second revision at 0 gets ready, none of the traffic, and answers on its tag route', async () => {
    await apply('two', 0);
    await ready('2');
    expect((await predictor()).traffic).toMatchObject([
      { revisionName: 'flower-predictor-00002', percent: 0, latestRevision: true, tag: 'latest' },
      { revisionName: 'flower-predictor-00001', percent: 100, latestRevision: false, tag: 'prev' },
    ]);
    expect(await answers(20)).toEqual(['one']);
    expect((await bench.ask(`latest-${HOST}`)).body).toBe('two');
  });

  test('a share moves without a new revision', async () => {
    await apply('two', 50);
    await until('the share to move', async () => JSON.stringify(await shares()) === '[["2",50],["1",50]]');
    expect(await answers(60)).toEqual(['one', 'two']);
    expect((await predictor()).latestCreatedRevision).toBe('flower-predictor-00002');
  });

  test('promoted it has all of the traffic, and the old pod goes', async () => {
    await apply('two');
    await until('the traffic to move', async () => (await predictor()).latestRolledoutRevision?.endsWith('2'));
    expect((await predictor()).previousRolledoutRevision).toBe('flower-predictor-00001');
    expect(await answers(20)).toEqual(['two']);
    await until('the old pod to go', async () => (await servingPods('1')).length === 0);
  });

  test('that is rolled back to 0 serves the revision before again, from a new pod', async () => {
    await apply('two', 0);
    await until('the old revision to serve', async () => (await bench.ask(HOST)).body === 'one');
    expect(await shares()).toEqual([
      ['2', 0],
      ['1', 100],
    ]);
    await apply('two');
    await until('the new revision to serve', async () => (await bench.ask(HOST)).body === 'two');
  });

  test('a predictor that ends is started again, and a pod that is deleted is made again', async () => {
    await bench.ask(HOST.replace(/^/, 'latest-'));
    const [pod] = await servingPods('2');
    await bench.core.serving.deleteNamespacedPod({ namespace: NAMESPACE, name: pod?.metadata?.name ?? '' });
    await until('another pod', async () => {
      const [another] = await servingPods('2');
      return another && another.metadata?.uid !== pod?.metadata?.uid;
    });
    await until('it to serve again', async () => (await bench.ask(HOST)).body === 'two');
  });

  test('a revision that cannot start is told with its last words and gets no traffic', async () => {
    await apply('broken', 0);
    const status = await until('the failure', async () => {
      const seen = await read();
      return seen?.modelStatus?.transitionStatus === 'BlockedByFailedLoad' && seen;
    });
    expect(status.modelStatus?.lastFailureInfo).toMatchObject({ exitCode: 1 });
    expect(status.modelStatus?.lastFailureInfo?.message).toContain('no model here');
    expect(status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'RevisionFailed',
    });
    const [pod] = await servingPods('3');
    expect(pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('CrashLoopBackOff');
    expect(await answers(10)).toEqual(['two']);
    await apply('two');
    await ready('4');
    await until('the broken pod to go', async () => (await servingPods('3')).length === 0);
  });

  test('serves the same revision after the platform was started again, and a job that ran is told that its node was lost', async () => {
    await submit('caught', { script: 'sleep' });
    await condition('caught', 'Running');
    await bench.operators.close();
    expect(processesWith(`${bench.folder}/machine`)).toEqual([]);
    await bench.restart();
    await until('it to serve again', async () => (await bench.ask(HOST)).body === 'two');
    expect((await predictor()).latestReadyRevision).toBe('flower-predictor-00004');
    await condition('caught', 'Failed');
    const lost = (await pods()).find(({ metadata }) => metadata?.name === 'caught-master-0');
    expect(lost?.status).toMatchObject({ phase: 'Failed', reason: 'NodeLost' });
  });

  test('that is deleted leaves no process', async () => {
    await bench.objects.serving.deleteNamespacedCustomObject({ ...services, name: 'flower' });
    await until('its processes to end', () => processesWith(`${bench.folder}/machine`).length === 0);
    expect((await bench.ask(HOST)).status).toBe(404);
  });

  test('of a kind that is not supported says so', async () => {
    const spec = { predictor: { model: { modelFormat: { name: 'pytorch' }, storageUri: 'https://x/y' } } };
    const metadata = { name: 'other', annotations: { 'serving.kserve.io/deploymentMode': 'Knative' } };
    const body = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', metadata, spec };
    await bench.objects.serving.createNamespacedCustomObject({ ...services, body });
    const condition = await until('the refusal', async () => {
      const found = (await bench.objects.serving.getNamespacedCustomObject({ ...services, name: 'other' })) as Served;
      return found.status?.conditions?.[0];
    });
    expect(condition.message).toContain('is not supported on this machine');
  });
});
