import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  Watch,
  type KubeConfig,
  type KubernetesObject,
} from '@kubernetes/client-node';
import { startCluster, startKubelet, type Cluster } from './kubernetes-server.ts';

const namespace = 'landfall';
const SPARK = { group: 'sparkoperator.k8s.io', version: 'v1beta2', plural: 'sparkapplications', namespace };
const ISVC = { group: 'serving.kserve.io', version: 'v1beta1', plural: 'inferenceservices', namespace };

const spark = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: 'sparkoperator.k8s.io/v1beta2',
  kind: 'SparkApplication',
  metadata: { name, namespace, labels },
  spec: {
    type: 'Python',
    sparkVersion: '4.0.1',
    mainApplicationFile: 'local:///a.py',
    driver: { cores: 1 },
    executor: { instances: 1 },
  },
});

let cluster: Cluster;
let config: KubeConfig;
let core: CoreV1Api;
let custom: CustomObjectsApi;

beforeAll(async () => {
  cluster = await startCluster();
  config = cluster.configFor('admin');
  core = config.makeApiClient(CoreV1Api);
  custom = config.makeApiClient(CustomObjectsApi);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
});
afterAll(() => cluster.close());

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 0,
    (error: { code: number }) => error.code,
  );

describe('custom objects', () => {
  test('are created once, and refused with the field that is wrong', async () => {
    await custom.createNamespacedCustomObject({ ...SPARK, body: spark('once') });
    expect(await codeOf(custom.createNamespacedCustomObject({ ...SPARK, body: spark('once') }))).toBe(409);
    const bad = { ...spark('bad'), spec: { ...spark('bad').spec, type: 'Cobol' } };
    await expect(custom.createNamespacedCustomObject({ ...SPARK, body: bad })).rejects.toMatchObject({
      code: 422,
      body: expect.stringContaining('spec.type: Unsupported value') as string,
    });
  });

  test('take status only through /status', async () => {
    await custom.createNamespacedCustomObject({ ...SPARK, body: spark('status') });
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    const status = { applicationState: { state: 'RUNNING' }, driverInfo: {} };
    await custom.patchNamespacedCustomObject({ ...SPARK, name: 'status', body: { status } }, merge);
    const before = (await custom.getNamespacedCustomObject({ ...SPARK, name: 'status' })) as { status?: unknown };
    expect(before.status).toBeUndefined();
    await custom.patchNamespacedCustomObjectStatus({ ...SPARK, name: 'status', body: { status } }, merge);
    expect(await custom.getNamespacedCustomObject({ ...SPARK, name: 'status' })).toMatchObject({
      status,
      metadata: { generation: 1 },
    });
  });

  test('are applied, with conflicts and removal of what is left out', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const isvc = (predictor: object) =>
      ({ apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', metadata: { name: 'iris', namespace }, spec: { predictor } }) as KubernetesObject; // prettier-ignore
    const containers = [{ name: 'kserve-container', image: 'a@sha256:1', env: [{ name: 'A', value: '1' }] }];
    const apply = (predictor: object, manager: string, force = false) =>
      objects.patch(isvc(predictor), undefined, undefined, manager, force, PatchStrategy.ServerSideApply);
    await apply({ containers, canaryTrafficPercent: 10 }, 'landfall');
    await expect(apply({ canaryTrafficPercent: 50 }, 'other')).rejects.toMatchObject({ code: 409 });
    await apply({ containers }, 'landfall');
    const live = (await custom.getNamespacedCustomObject({ ...ISVC, name: 'iris' })) as { spec: { predictor: object } };
    expect(live.spec.predictor).toEqual({ containers });
    await apply({ canaryTrafficPercent: 0 }, 'other', true);
    expect(await custom.getNamespacedCustomObject({ ...ISVC, name: 'iris' })).toMatchObject({
      spec: { predictor: { containers, canaryTrafficPercent: 0 } },
    });
  });
});

describe('watching', () => {
  test('an informer sees what there was and what comes, by label', async () => {
    const labelSelector = 'watched=yes';
    const list = () => custom.listNamespacedCustomObject({ ...SPARK, labelSelector });
    await custom.createNamespacedCustomObject({ ...SPARK, body: spark('seen', { watched: 'yes' }) });
    const path = `/apis/sparkoperator.k8s.io/v1beta2/namespaces/${namespace}/sparkapplications`;
    const informer = makeInformer<KubernetesObject>(config, path, list as never, labelSelector);
    const seen: string[] = [];
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, (object) => seen.push(`${verb} ${object.metadata?.name}`));
    await informer.start();
    await custom.createNamespacedCustomObject({ ...SPARK, body: spark('later', { watched: 'yes' }) });
    await custom.createNamespacedCustomObject({ ...SPARK, body: spark('other') });
    await custom.deleteNamespacedCustomObject({ ...SPARK, name: 'later' });
    await vi.waitFor(() => expect(seen).toEqual(['add seen', 'add later', 'delete later']));
    await informer.stop();
  });

  test('goes on from a resourceVersion after a restart', async () => {
    const first = await core.listNamespacedConfigMap({ namespace });
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'kept' }, data: { a: '1' } } });
    await cluster.restart();
    const resourceVersion = first.metadata?.resourceVersion ?? '';
    const names: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const each = (_type: string, object: KubernetesObject) => names.push(object.metadata?.name ?? '');
      const query = { resourceVersion, timeoutSeconds: 1 };
      const done = (error: unknown) => (error ? reject(error as Error) : resolve());
      new Watch(config).watch(`/api/v1/namespaces/${namespace}/configmaps`, query, each, done).catch(reject);
    });
    expect(names).toEqual(['kept']);
  });
});

describe('access', () => {
  test('follows the stored roles', async () => {
    const limited = cluster.configFor('limited');
    const list = () => limited.makeApiClient(CoreV1Api).listNamespacedPod({ namespace });
    const mayList = async () => {
      const spec = { resourceAttributes: { namespace, verb: 'list', resource: 'pods' } };
      const review = await limited.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body: { spec } });
      return review.status?.allowed;
    };
    expect([await codeOf(list()), await mayList()]).toEqual([403, false]);
    const rbac = config.makeApiClient(RbacAuthorizationV1Api);
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
    await rbac.createNamespacedRole({ namespace, body: { metadata: { name: 'pods' }, rules } });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'pods' };
    const subjects = [{ kind: 'User', name: 'app-submitter' }];
    await rbac.createNamespacedRoleBinding({ namespace, body: { metadata: { name: 'pods' }, roleRef, subjects } });
    expect([await codeOf(list()), await mayList()]).toEqual([0, true]);
  });
});

describe('pods', () => {
  let upstream: Server;
  beforeAll(async () => {
    upstream = createServer((incoming, response) => {
      response.setHeader('x-model', 'iris');
      response.writeHead(incoming.url === '/v1/models' ? 200 : 404);
      response.write(`${incoming.method} `);
      incoming.pipe(response);
    });
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
    const spec = { containers: [{ name: 'main', image: 'x:1' }], nodeName: 'this-machine' };
    await core.createNamespacedPod({ namespace, body: { metadata: { name: 'web' }, spec } });
    const status = { phase: 'Running', podIP: '127.0.0.1' };
    await core.patchNamespacedPodStatus({ namespace, name: 'web', body: { status } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch)); // prettier-ignore
  });
  afterAll(() => upstream.close());

  test('give their logs through the kubelet of their node', async () => {
    const kubelet = await startKubelet(cluster.certificates);
    const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }];
    const status = { addresses, daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } } };
    await core.createNode({ body: { metadata: { name: 'this-machine' }, status } });
    const log = await core.readNamespacedPodLog({ namespace, name: 'web', tailLines: 5 });
    expect(log).toBe(`log of /containerLogs/${namespace}/web/main?tailLines=5\n`);
    kubelet.server.close();
  });

  test('are reached through the proxy with any method and body', async () => {
    const { port } = upstream.address() as AddressInfo;
    const path = `/api/v1/namespaces/${namespace}/pods/web:${port}/proxy/v1/models`;
    expect(await send('POST', path, '{"instances":[]}')).toEqual({
      code: 200,
      model: 'iris',
      text: 'POST {"instances":[]}',
    });
    expect(await send('GET', `${path}/none`)).toMatchObject({ code: 404 });
    expect(await send('GET', path.replace(String(port), '1'))).toMatchObject({ code: 503 });
  });

  async function send(method: string, path: string, body?: string) {
    const options = { method, headers: { authorization: 'Bearer admin' }, ca: cluster.certificates.ca };
    return new Promise<{ code: number | undefined; model: unknown; text: string }>((resolve, reject) => {
      const outgoing = request(cluster.url + path, options, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ code: response.statusCode, model: response.headers['x-model'], text }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
});

test('lists a hundred objects and writes a status within milliseconds', async () => {
  const names = Array.from({ length: 100 }, (_, i) => `many-${i}`);
  for (const name of names) await custom.createNamespacedCustomObject({ ...SPARK, body: spark(name, { many: 'yes' }) });
  const timed = async (act: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      const start = performance.now();
      await act();
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[10] ?? 0;
  };
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  let attempt = 0;
  const write = await timed(() => custom.patchNamespacedCustomObjectStatus({ ...SPARK, name: 'many-1', body: { status: { driverInfo: {}, executionAttempts: ++attempt } } }, merge)); // prettier-ignore
  const list = await timed(() => custom.listNamespacedCustomObject({ ...SPARK, labelSelector: 'many=yes' }));
  console.log(`list of 100: ${list.toFixed(1)} ms, status write: ${write.toFixed(1)} ms`);
  // Generous, for machines that do other things meanwhile.
  expect(Math.max(list, write)).toBeLessThan(50);
});
