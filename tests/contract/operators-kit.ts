import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { startApiServer } from '../../local/kubernetes/api-server.ts';
import { loadCrds } from '../../local/kubernetes/crds.ts';
import { startRealApiServer } from '../../local/kubernetes/real-api-server.ts';
import { freePort } from '../../local/operators/free-port.ts';
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
  clients: Record<keyof OperatorsOptions['clusters'], KubeConfig>;
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
  for (const client of Object.values(clients)) await prepare(client);
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
    ...{ folder, image, options, clients },
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
  const tokens = { admin: { user: 'admin', groups: ['system:masters'] } };
  const program = process.env.LANDFALL_KUBELOCAL ?? '';
  return startRealApiServer({ program, port: await freePort(), dataDir, tls, tokens, crds: loadCrds() });
}

async function prepare(client: KubeConfig): Promise<void> {
  const core = client.makeApiClient(CoreV1Api);
  await until('the API server', () => core.listNamespace().catch(() => undefined), 60_000);
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } });
  await until('the default service account', () =>
    core.readNamespacedServiceAccount({ namespace: NAMESPACE, name: 'default' }).catch(() => undefined),
  );
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
