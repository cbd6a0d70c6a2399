import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { DefaultAzureCredential } from '@azure/identity';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { applyClusterDocuments } from '../../local/cluster-documents.ts';
import { writeKubeconfig } from '../../local/kubeconfig.ts';
import { startApiServer } from '../../local/kubernetes/api-server.ts';
import { loadCrds } from '../../local/kubernetes/crds.ts';
import { ensureCertificates } from '../../local/tls.ts';
import { clusterCondition } from '../../shared/clients/cluster-condition.ts';
import { clusterConnection } from '../../shared/clients/cluster-connection.ts';
import { createCluster, type Cluster } from '../../shared/clients/cluster.ts';
import { batchJob } from '../../shared/manifests/batch-job.ts';
import { inferenceService } from '../../shared/manifests/inference-service.ts';
import type { JobSpec } from '../../shared/manifests/job-spec.ts';
import { KINDS, type Kind, type Manifest } from '../../shared/manifests/kinds.ts';
import { pytorchJob } from '../../shared/manifests/pytorch-job.ts';
import { sparkApplication } from '../../shared/manifests/spark-application.ts';
import { parsePipeline } from '../../shared/parse-pipeline.ts';
import { ROOT } from '../kit/running-platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'landfall-roles-'));
const noIdentity = () => new DefaultAzureCredential();
const closers: (() => Promise<void>)[] = [];
const clusters = new Map<string, { app: Cluster; core: CoreV1Api }>();

beforeAll(async () => {
  const tls = await ensureCertificates(join(folder, 'tls'));
  for (const cluster of new Set(Object.values(KINDS).map((kind) => kind.cluster))) {
    const server = await startApiServer({
      name: cluster,
      port: 0,
      dataDir: folder,
      tls,
      tokens: {
        admin: { user: 'admin', groups: ['system:masters'] },
        app: { user: 'landfall-app', groups: ['system:authenticated'] },
      },
      crds: loadCrds(),
      kubelet: { token: 'kubelet', ca: tls.ca },
    });
    closers.push(server.close);
    const file = (user: string) => join(folder, `${cluster}-${user}`);
    for (const user of ['admin', 'app'])
      writeKubeconfig(file(user), user, user, tls.ca, [{ context: cluster, server: server.url }]);
    await applyClusterDocuments(file('admin'), cluster, join(ROOT, 'workloads/clusters', cluster));
    const config = new KubeConfig();
    config.loadFromFile(file('app'));
    clusters.set(cluster, {
      app: createCluster(cluster, clusterConnection({ kubeconfig: file('app'), context: cluster }, noIdentity, '')),
      core: config.makeApiClient(CoreV1Api),
    });
  }
});
afterAll(async () => {
  for (const close of closers) await close();
  rmSync(folder, { recursive: true });
});

function manifestOf(kind: Kind): Manifest {
  const text = 'name: iris\nlanding: {prefix: iris/}\nsources: [{name: s, type: script}]\n';
  const parsed = parsePipeline(text, 'pipeline.yaml');
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  const { pipeline } = parsed;
  const job: JobSpec = {
    pipeline,
    runId: 'iris-20260101-000000-abcdef',
    batchId: 'b',
    stage: 'process',
    attempt: 1,
    image: 'r/i@sha256:1',
    input: 'i',
    output: 'o',
    lakeUrl: 'https://lake',
  };
  if (kind === 'SparkApplication') return sparkApplication(job);
  const [source] = pipeline.sources;
  if (kind === 'Job' && source?.type === 'script') return batchJob({ ...job, source, stage: 'collect' });
  if (kind === 'PyTorchJob') return pytorchJob({ ...job, stage: 'train' });
  return inferenceService({ pipeline, version: 'v', image: 'r/i@sha256:1' });
}

describe.each(Object.entries(KINDS))('%s, with the Role of workloads/clusters', (name, { cluster }) => {
  const kind = name as Kind;
  const at = () => clusters.get(cluster) ?? expect.fail('the cluster did not start');

  test('the app makes, reads, finds and deletes it; the same again is fine, a stranger of that name is not', async () => {
    const { app } = at();
    const manifest = manifestOf(kind);
    expect(await app.refusals(kind)).toEqual([]);
    await app.create(manifest);
    await app.create(manifest);
    const made = await app.get(kind, manifest.metadata.name);
    expect(made?.metadata.uid).toMatch(/./);
    // A field that the definition does not know would be gone.
    expect(made?.spec).toMatchObject(manifest.spec);
    expect(await app.names(kind, 'landfall.dev/pipeline=iris')).toEqual([manifest.metadata.name]);
    if (kind !== 'InferenceService') {
      const stranger = {
        ...manifest,
        metadata: { ...manifest.metadata, annotations: { 'landfall.dev/spec-hash': 'other' } },
      };
      await expect(app.create(stranger)).rejects.toThrow('is there already and is not ours');
    }
    await app.remove(kind, manifest.metadata.name);
    await app.remove(kind, manifest.metadata.name);
    expect(await app.get(kind, manifest.metadata.name)).toBeUndefined();
    expect(await app.pods('landfall.dev/pipeline=iris')).toEqual([]);
    expect(await app.events(manifest.metadata.name)).toEqual([]);
  });

  test('an object that the CRD does not allow is refused in the API server’s own words', async () => {
    const broken = { ...manifestOf(kind), spec: { nonsense: true } };
    await expect(at().app.create(broken)).rejects.toThrow(/is invalid|Required value|nonsense/);
  });

  test('what is served, whether its operator answers and what room is left is told', async () => {
    const { app } = at();
    const served = { versions: [KINDS[kind].version], unanswered: [], answered: 0 };
    expect(await app.condition(kind)).toEqual(served);
    const [unread] = (await app.quota()).filter(({ resource }) => resource === 'pods');
    expect(unread).toEqual({ resource: 'pods', used: '0', hard: '100', isExhausted: false });
    const config = new KubeConfig();
    config.loadFromFile(join(folder, `${cluster}-app`));
    const later = () => Date.now() + 120_000;
    const asked = <T>(_: string, send: (config: KubeConfig) => Promise<T>) => send(config);
    if (kind !== 'Job') await app.create(manifestOf(kind));
    const { unanswered } = await clusterCondition(asked, kind, later);
    expect(unanswered).toEqual(kind === 'Job' ? [] : [manifestOf(kind).metadata.name]);
  });

  test('nothing more is allowed', async () => {
    const { core } = at();
    await expect(core.listNamespacedSecret({ namespace: 'landfall' })).rejects.toMatchObject({ code: 403 });
    await expect(core.deleteNamespacedPod({ namespace: 'landfall', name: 'x' })).rejects.toMatchObject({ code: 403 });
    await expect(core.listNamespacedPod({ namespace: 'kube-system' })).rejects.toMatchObject({ code: 403 });
  });
});

test('a kubeconfig may name a plugin that gets the token, as kubectl takes it', async () => {
  const file = join(folder, 'plugin.yaml');
  const written = parse(readFileSync(join(folder, 'training-app'), 'utf8')) as { users: { user: object }[] };
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'app' },
  };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['--eval', `console.log(${JSON.stringify(JSON.stringify(credential))})`],
    interactiveMode: 'Never',
  };
  for (const user of written.users) user.user = { exec };
  writeFileSync(file, stringify(written));
  const app = createCluster('training', clusterConnection({ kubeconfig: file, context: 'training' }, noIdentity, ''));
  expect(await app.refusals('PyTorchJob')).toEqual([]);
});

test('a kubeconfig may name a certificate of the client, which goes along with every request', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'landfall-app' }], { keyType: 'ec' });
  const { ca, ...own } = await ensureCertificates(join(folder, 'mutual'));
  const asked: string[] = [];
  const mutual = { requestCert: true, rejectUnauthorized: true, ca: [cert] };
  const server = createServer({ key: own.key, cert: own.cert, ...mutual }, (request, response) => {
    asked.push(`${(request.socket as TLSSocket).getPeerCertificate().subject.CN} ${request.url?.split('?')[0]}`);
    response.setHeader('content-type', 'application/json').end('{"items": []}');
  });
  closers.push(async () => (server.close(), server.closeAllConnections()));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const file = join(folder, 'mutual.yaml');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeKubeconfig(file, 'app', '', ca, [{ context: 'training', server: url }]);
  const written = parse(readFileSync(file, 'utf8')) as { users: { user: object }[] };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const ours = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  for (const user of written.users) user.user = ours;
  writeFileSync(file, stringify(written));

  const app = createCluster('training', clusterConnection({ kubeconfig: file, context: 'training' }, noIdentity, ''));
  expect(await app.pods('a=b')).toEqual([]);
  await app.ask('pod', 8080, { method: 'POST', path: '/x', body: '{}' });
  await app.log('pod', 'c', 10);
  const pods = '/api/v1/namespaces/landfall/pods';
  expect(asked).toEqual([pods, `${pods}/pod:8080/proxy/x`, `${pods}/pod/log`].map((path) => `landfall-app ${path}`));
});

test('an authority that is not the cluster’s is told as such', async () => {
  const other = await ensureCertificates(join(folder, 'other'));
  const server = new KubeConfig();
  server.loadFromFile(join(folder, 'training-app'));
  const file = join(folder, 'other.yaml');
  const url = server.getCurrentCluster()?.server ?? '';
  writeKubeconfig(file, 'app', 'app', other.ca, [{ context: 'training', server: url }]);
  const app = createCluster('training', clusterConnection({ kubeconfig: file, context: 'training' }, noIdentity, ''));
  await expect(app.pods('a=b')).rejects.toThrow(
    /Cluster training could not be asked to list pods: .*not of the configured authority/,
  );
});
