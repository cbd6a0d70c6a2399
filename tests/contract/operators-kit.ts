import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { generate } from 'selfsigned';
import { startApiServer } from '../../local/kubernetes/api-server.ts';
import { loadCrds } from '../../local/kubernetes/crds.ts';
import { freePort } from '../../local/operators/free-port.ts';
import { Kube } from '../../local/operators/kube.ts';
import type { KubeObject } from '../../local/operators/kube-object.ts';
import { startOperators, type Operators, type OperatorsOptions } from '../../local/operators/operators.ts';
import { seedBaseImages } from '../../local/registry/base-images.ts';
import { startRegistry } from '../../local/registry/registry.ts';
import { ensureCertificates, type Certificates } from '../../local/tls.ts';
import { pushImage } from '../kit/push-image.ts';
import { until } from '../kit/running-platform.ts';

export const NAMESPACE = 'landfall';

/** Three clusters with an image of scripts, and clients of them. */
export interface Bench {
  folder: string;
  image: string;
  options: OperatorsOptions;
  objects: Record<keyof OperatorsOptions['clusters'], CustomObjectsApi>;
  core: Record<keyof OperatorsOptions['clusters'], CoreV1Api>;
  operators: Operators;
  restart(): Promise<void>;
  /** Body of an answer of the gateway. */
  ask(host: string): Promise<{ status: number; body: string }>;
  close(): Promise<void>;
}

/**
 * Starts everything that the operators need and the operators. With LANDFALL_KUBELOCAL set to the program of that name,
 * the API servers are real ones.
 */
export async function startBench(scripts: Record<string, string>): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'landfall-operators-'));
  const tls = await ensureCertificates(join(folder, 'tls'));
  const registry = await startRegistry({ port: 0, dataDir: join(folder, 'registry'), tls });
  await seedBaseImages(registry.url, tls.ca);
  const image = await pushImage(registry.url, tls.ca, 'training', scripts);
  const closers = [() => registry.close()];
  const startServer = process.env.LANDFALL_KUBELOCAL ? startReal : startOurs;
  const names = ['dataProcessing', 'training', 'serving'] as const;
  const servers = await Promise.all(names.map((name) => startServer(name, join(folder, name), tls)));
  for (const server of servers) closers.unshift(server.close);
  const by = <T>(make: (url: string) => T) =>
    Object.fromEntries(servers.map(({ url }, index) => [names[index], make(url)])) as Record<(typeof names)[number], T>;
  const clients = by((url) => clientOf(url, tls.ca));
  for (const client of Object.values(clients)) await prepare(client, tls.ca);
  const options: OperatorsOptions = {
    clusters: by((server) => ({ server, token: 'admin', ca: tls.ca })),
    registry: { ca: tls.ca },
    machine: {
      python: process.env.LANDFALL_PYTHON ?? 'python3',
      ...(process.env.JAVA_HOME && { javaHome: process.env.JAVA_HOME }),
      jars: [],
      lakeEnv: { LAKE_KEY: 'secret' },
      dataDir: join(folder, 'machine'),
    },
    gatewayPort: await freePort(),
    kubeletPorts: { dataProcessing: 0, training: 0, serving: 0 },
    kubeletToken: 'kubelet',
    tls,
  };
  const bench: Bench = {
    ...{ folder, image, options },
    objects: {} as Bench['objects'],
    core: {} as Bench['core'],
    operators: await startOperators(options),
    async restart() {
      await bench.operators.close();
      bench.operators = await startOperators(options);
    },
    ask: (host) => ask(bench.operators.url, host),
    async close() {
      await bench.operators.close();
      for (const close of closers) await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const name of names) {
    bench.objects[name] = clients[name].makeApiClient(CustomObjectsApi);
    bench.core[name] = clients[name].makeApiClient(CoreV1Api);
  }
  return bench;
}

async function startOurs(name: string, dataDir: string, tls: Certificates) {
  const tokens = { admin: { user: 'admin', groups: ['system:masters'] } };
  const kubelet = { token: 'kubelet', ca: tls.ca };
  const server = await startApiServer({ name, port: 0, dataDir, tls, tokens, crds: loadCrds(), kubelet });
  return { url: server.url, close: server.close };
}

async function startReal(_name: string, dataDir: string, tls: Certificates) {
  mkdirSync(dataDir, { recursive: true });
  const file = (name: string, text: string) => {
    writeFileSync(join(dataDir, name), text);
    return join(dataDir, name);
  };
  const [etcd, peer, port] = [await freePort(), await freePort(), await freePort()];
  const account = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const accountKey = file('sa.key', account.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  const accountPub = file('sa.pub', account.publicKey.export({ type: 'spki', format: 'pem' }) as string);
  const authority = { cert: tls.ca, key: readFileSync(tls.caFile.replace(/pem$/, 'key'), 'utf8') };
  const client = await generate([{ name: 'commonName', value: 'apiserver' }], {
    ...{ keyType: 'ec', algorithm: 'sha256', ca: authority },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', clientAuth: true },
    ],
  });
  const url = `https://127.0.0.1:${port}`;
  const kubeconfig = file('kubeconfig', clientOf(url, tls.ca).exportConfig());
  const ca = file('ca.pem', tls.ca);
  const server = [
    ...[`--etcd-servers=http://127.0.0.1:${etcd}`, '--bind-address=127.0.0.1', '--advertise-address=127.0.0.1'],
    ...[`--secure-port=${port}`, `--tls-cert-file=${file('server.pem', tls.cert)}`],
    ...[`--tls-private-key-file=${file('server.key', tls.key)}`, `--service-account-key-file=${accountPub}`],
    ...[`--service-account-signing-key-file=${accountKey}`, '--authorization-mode=RBAC'],
    ...['--service-account-issuer=https://kubernetes.default.svc', '--service-cluster-ip-range=10.0.0.0/24'],
    ...[
      `--token-auth-file=${file('tokens.csv', 'admin,admin,1,"system:masters"\n')}`,
      '--endpoint-reconciler-type=none',
    ],
    ...[`--kubelet-client-certificate=${file('client.pem', client.cert)}`],
    ...[`--kubelet-client-key=${file('client.key', client.private)}`, `--kubelet-certificate-authority=${ca}`],
  ];
  const controllers = [
    ...[`--kubeconfig=${kubeconfig}`, '--secure-port=0', '--leader-elect=false', `--root-ca-file=${ca}`],
    `--service-account-private-key-file=${accountKey}`,
    '--controllers=namespace-controller,garbage-collector-controller,serviceaccount-controller,root-ca-certificate-publisher-controller',
  ];
  const where = ['--data-dir', dataDir, '--client', `127.0.0.1:${etcd}`, '--peer', `127.0.0.1:${peer}`];
  const child = spawn(process.env.LANDFALL_KUBELOCAL ?? '', ['all', ...where, '--', ...server, '--', ...controllers], {
    stdio: 'ignore',
  });
  return {
    url,
    close: async () => {
      child.kill('SIGKILL');
    },
  };
}

async function prepare(client: KubeConfig, ca: string): Promise<void> {
  const core = client.makeApiClient(CoreV1Api);
  await until('the API server', () => core.listNamespace().catch(() => undefined), 60_000);
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } });
  await until('the default service account', () =>
    core.readNamespacedServiceAccount({ namespace: NAMESPACE, name: 'default' }).catch(() => undefined),
  );
  if (!process.env.LANDFALL_KUBELOCAL) return;
  const raw = new Kube({ server: client.getCurrentCluster()?.server ?? '', token: 'admin', ca });
  // The generated client drops the fields of schemas that it does not know.
  for (const crd of loadCrds())
    await raw.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd as KubeObject);
  for (const plural of ['sparkapplications', 'pytorchjobs', 'inferenceservices']) {
    const { group, version } = VERSIONS[plural] ?? { group: '', version: '' };
    const objects = client.makeApiClient(CustomObjectsApi);
    await until(plural, () => objects.listClusterCustomObject({ group, version, plural }).catch(() => undefined));
  }
}

const VERSIONS: Record<string, { group: string; version: string }> = {
  sparkapplications: { group: 'sparkoperator.k8s.io', version: 'v1beta2' },
  pytorchjobs: { group: 'kubeflow.org', version: 'v1' },
  inferenceservices: { group: 'serving.kserve.io', version: 'v1beta1' },
};

/** Where the objects of a kind are in the API. */
export const kindOf = (plural: keyof typeof VERSIONS & string) => ({
  group: '',
  version: '',
  ...VERSIONS[plural],
  plural,
  namespace: NAMESPACE,
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

function ask(gateway: string, host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get(gateway, { headers: { host } }, (response) => {
      let body = '';
      response
        .on('data', (chunk: Buffer) => (body += chunk.toString()))
        .on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}
