import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCrds } from '../../local/kubernetes/crds.ts';
import { startApiServer } from '../../local/kubernetes/api-server.ts';
import { startOperators } from '../../local/operators/operators.ts';
import { seedBaseImages } from '../../local/registry/base-images.ts';
import { startRegistry } from '../../local/registry/registry.ts';
import { ensureCertificates } from '../../local/tls.ts';
import { pushImage } from '../kit/push-image.ts';
import { processesWith, until } from '../kit/running-platform.ts';

const NAMESPACE = 'landfall';
const SCRIPTS = {
  '/opt/landfall/pipeline/ok.py':
    'import os\nprint("rank", os.environ["RANK"], "of", os.environ["WORLD_SIZE"], os.environ["MASTER_ADDR"])\n',
  '/opt/landfall/pipeline/fail.py':
    'import os, sys, time\ntime.sleep(0.3)\nprint("going down")\nsys.exit(3 if os.environ["RANK"] == "1" else time.sleep(60))\n',
  '/opt/landfall/pipeline/sleep.py': 'import time\ntime.sleep(600)\n',
  '/opt/landfall/pipeline/serve.py': [
    'import http.server, os',
    'class Handler(http.server.BaseHTTPRequestHandler):',
    '    def do_GET(self):',
    '        self.send_response(200); self.end_headers(); self.wfile.write(os.environ["VERSION"].encode())',
    '    def log_message(self, *args): pass',
    'http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()',
  ].join('\n'),
};
const python = process.env.LANDFALL_PYTHON ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'landfall-operators-'));
const closers: (() => Promise<void>)[] = [];
let image: string;
let objects: { training: CustomObjectsApi; serving: CustomObjectsApi };
let core: { training: CoreV1Api; serving: CoreV1Api };
let gatewayPort: number;
let stopOperators: () => Promise<void>;
let startAgain: () => Promise<void>;

beforeAll(async () => {
  const tls = await ensureCertificates(join(folder, 'tls'));
  const registry = await startRegistry({ port: 0, dataDir: join(folder, 'registry'), tls });
  await seedBaseImages(registry.url, tls.ca);
  image = await pushImage(registry.url, tls.ca, 'training', SCRIPTS);
  const start = async (name: string) => {
    const server = await startApiServer({
      name,
      port: 0,
      dataDir: join(folder, 'kubernetes'),
      tls,
      tokens: { admin: { user: 'admin', groups: ['system:masters'] } },
      crds: loadCrds(),
      kubelet: { token: 'kubelet', ca: tls.ca },
    });
    closers.push(server.close);
    const client = clientOf(server.url, tls.ca);
    await client.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: NAMESPACE } } });
    return { client, access: { server: server.url, token: 'admin', ca: tls.ca } };
  };
  const [dataProcessing, training, serving] = [
    await start('data-processing'),
    await start('training'),
    await start('serving'),
  ];
  closers.push(() => registry.close());
  const access = { dataProcessing: dataProcessing.access, training: training.access, serving: serving.access };
  objects = {
    training: training.client.makeApiClient(CustomObjectsApi),
    serving: serving.client.makeApiClient(CustomObjectsApi),
  };
  core = { training: training.client.makeApiClient(CoreV1Api), serving: serving.client.makeApiClient(CoreV1Api) };
  gatewayPort = await freePort();
  const kubeletPorts = { dataProcessing: await freePort(), training: await freePort(), serving: await freePort() };
  startAgain = async () => {
    const operators = await startOperators({
      clusters: access,
      registry: { ca: tls.ca },
      machine: { python, jars: [], lakeEnv: {}, dataDir: join(folder, 'machine') },
      gatewayPort,
      kubeletPorts,
      kubeletToken: 'kubelet',
      tls,
    });
    stopOperators = () => operators.close();
  };
  await startAgain();
});
afterAll(async () => {
  await stopOperators();
  for (const close of closers) await close();
  rmSync(folder, { recursive: true, force: true });
});

function clientOf(server: string, ca: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server, caData: Buffer.from(ca).toString('base64') }],
    users: [{ name: 'u', token: 'admin' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return config;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

const jobs = { group: 'kubeflow.org', version: 'v1', plural: 'pytorchjobs', namespace: NAMESPACE };

async function submit(name: string, script: string, workers = 1): Promise<void> {
  const replica = (replicas: number) => ({
    replicas,
    restartPolicy: 'Never',
    template: {
      spec: { containers: [{ name: 'pytorch', image, command: ['python', `/opt/landfall/pipeline/${script}.py`] }] },
    },
  });
  await objects.training.createNamespacedCustomObject({
    ...jobs,
    body: {
      apiVersion: 'kubeflow.org/v1',
      kind: 'PyTorchJob',
      metadata: { name },
      spec: {
        runPolicy: { cleanPodPolicy: 'Running' },
        pytorchReplicaSpecs: { Master: replica(1), Worker: replica(workers) },
      },
    },
  });
}

interface Status {
  status?: { conditions?: { type: string; status: string; message: string }[]; replicaStatuses?: object };
}

function condition(name: string, type: string) {
  return until(
    `${name} to be ${type}`,
    async () => {
      const job = (await objects.training.getNamespacedCustomObject({ ...jobs, name })) as Status;
      return job.status?.conditions?.find((held) => held.type === type && held.status === 'True');
    },
    30_000,
  );
}

describe('a PyTorchJob', () => {
  test('runs its ranks with the injected environment and succeeds; its log is read through the API server', async () => {
    await submit('good', 'ok');
    expect((await condition('good', 'Succeeded')).message).toBe('PyTorchJob good is successfully completed.');
    const log = await core.training.readNamespacedPodLog({
      namespace: NAMESPACE,
      name: 'good-master-0',
      container: 'pytorch',
    });
    expect(log).toContain('rank 0 of 2 127.0.0.1');
    const job = (await objects.training.getNamespacedCustomObject({ ...jobs, name: 'good' })) as Status;
    expect(job.status?.conditions?.map(({ type, status }) => `${type} ${status}`)).toEqual(
      expect.arrayContaining(['Created True', 'Succeeded True']),
    );
  });

  test('fails when a rank fails, and the rest is cleaned away', async () => {
    await submit('bad', 'fail');
    expect((await condition('bad', 'Failed')).message).toContain('1 Worker replica(s) failed');
    const worker = await core.training.readNamespacedPod({ namespace: NAMESPACE, name: 'bad-worker-0' });
    expect(worker.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(3);
    await until('the master to go', async () =>
      (await core.training.listNamespacedPod({ namespace: NAMESPACE })).items.every(
        ({ metadata }) => metadata?.name !== 'bad-master-0',
      ),
    );
  });

  test('that is deleted leaves neither pods nor processes', async () => {
    await submit('long', 'sleep');
    await condition('long', 'Running');
    await objects.training.deleteNamespacedCustomObject({ ...jobs, name: 'long' });
    await until('its pods to go', async () =>
      (await core.training.listNamespacedPod({ namespace: NAMESPACE })).items.every(
        ({ metadata }) => !metadata?.name?.startsWith('long'),
      ),
    );
    await until('its processes to end', () => processesWith(`${folder}/machine`).length === 0);
  });

  test('whose image is not there waits with the registry’s own words', async () => {
    const right = image;
    image = image.replace(/sha256:.*/, `sha256:${'0'.repeat(64)}`);
    await submit('imageless', 'ok', 1);
    image = right;
    const waiting = await until('the pull to fail', async () => {
      const pod = await core.training
        .readNamespacedPod({ namespace: NAMESPACE, name: 'imageless-master-0' })
        .catch(() => undefined);
      return pod?.status?.containerStatuses?.[0]?.state?.waiting;
    });
    expect(waiting.reason).toMatch(/ErrImagePull|ImagePullBackOff/);
    expect(waiting.message).toContain('404');
    await objects.training.deleteNamespacedCustomObject({ ...jobs, name: 'imageless' });
  });
});

describe('an InferenceService', () => {
  const services = {
    group: 'serving.kserve.io',
    version: 'v1beta1',
    plural: 'inferenceservices',
    namespace: NAMESPACE,
  };
  interface Served {
    status?: {
      url?: string;
      components?: {
        predictor?: {
          latestReadyRevision?: string;
          latestRolledoutRevision?: string;
          traffic?: { revisionName: string; percent: number }[];
        };
      };
    };
  }
  const read = async () => (await objects.serving.getNamespacedCustomObject({ ...services, name: 'flower' })) as Served;

  async function apply(version: string, canaryTrafficPercent?: number): Promise<void> {
    const body = {
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: {
        name: 'flower',
        namespace: NAMESPACE,
        annotations: { 'serving.kserve.io/deploymentMode': 'Knative' },
      },
      spec: {
        predictor: {
          ...(canaryTrafficPercent !== undefined && { canaryTrafficPercent }),
          minReplicas: 1,
          containers: [
            {
              name: 'kserve-container',
              image,
              command: ['python', '/opt/landfall/pipeline/serve.py'],
              env: [{ name: 'VERSION', value: version }],
              readinessProbe: { httpGet: { path: '/', port: 8080 } },
            },
          ],
        },
      },
    };
    await objects.serving.patchNamespacedCustomObject(
      { ...services, name: 'flower', body, fieldManager: 'test', force: true },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    );
  }

  function ask(host = 'flower-landfall.example.com'): Promise<string> {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: gatewayPort, path: '/', headers: { host } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text));
      }).on('error', reject);
    });
  }

  const ready = (revision: string) =>
    until(
      `${revision} to be ready`,
      async () => (await read()).status?.components?.predictor?.latestReadyRevision === revision,
      30_000,
    );

  test('serves its first revision with all of the traffic', async () => {
    await apply('one');
    await ready('flower-predictor-00001');
    expect((await read()).status?.url).toBe('http://flower-landfall.example.com');
    expect(await ask()).toBe('one');
  });

  test('a second revision at 0 gets ready, none of the traffic, and answers on its tag route', async () => {
    await apply('two', 0);
    await ready('flower-predictor-00002');
    const traffic = (await read()).status?.components?.predictor?.traffic;
    expect(traffic?.map(({ revisionName, percent }) => [revisionName, percent])).toEqual([
      ['flower-predictor-00002', 0],
      ['flower-predictor-00001', 100],
    ]);
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => ask())))).toEqual(new Set(['one']));
    expect(await ask('latest-flower-landfall.example.com')).toBe('two');
  });

  test('promoted it has all of the traffic, and the old pod goes', async () => {
    await apply('two');
    await until(
      'the traffic to move',
      async () => (await read()).status?.components?.predictor?.latestRolledoutRevision === 'flower-predictor-00002',
    );
    expect(await ask()).toBe('two');
    await until(
      'the old pod to go',
      async () =>
        (
          await core.serving.listNamespacedPod({
            namespace: NAMESPACE,
            labelSelector: 'serving.knative.dev/revision=flower-predictor-00001',
          })
        ).items.length === 0,
    );
  });

  test('serves the same revision after the platform was started again, and a job that ran is told that its node was lost', async () => {
    await submit('caught', 'sleep');
    await condition('caught', 'Running');
    await stopOperators();
    expect(processesWith(`${folder}/machine`)).toEqual([]);
    await startAgain();
    await until('it to serve again', async () => (await ask().catch(() => '')) === 'two');
    expect((await read()).status?.components?.predictor?.latestReadyRevision).toBe('flower-predictor-00002');
    expect((await condition('caught', 'Failed')).message).toContain('failed');
  });
});
