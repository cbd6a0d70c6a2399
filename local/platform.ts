import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TableClient, AzureNamedKeyCredential } from '@azure/data-tables';
import { DataLakeServiceClient, StorageSharedKeyCredential } from '@azure/storage-file-datalake';
import { applyClusterDocuments } from './cluster-documents.ts';
import { writeEndpoints, type Endpoints } from './endpoints.ts';
import { startEventGrid } from './event-grid/event-grid.ts';
import { ensureKeys } from './functions-host/keys.ts';
import { startHost } from './host-process.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { loadCrds } from './kubernetes/crds.ts';
import { startApiServer } from './kubernetes/api-server.ts';
import { startAzurite } from './lake/azurite.ts';
import { startLake } from './lake/lake.ts';
import { startOperators } from './operators/operators.ts';
import type { Ports } from './ports.ts';
import { seedBaseImages } from './registry/base-images.ts';
import { startRegistry } from './registry/registry.ts';
import { ensureSecrets } from './secrets.ts';
import { subscriptions } from './subscriptions.ts';
import { ensureCertificates } from './tls.ts';
import type { Machine } from './machine.ts';

export interface PlatformOptions {
  /** Folder of the app: the checkout, built. */
  app: string;
  state: string;
  ports: Ports;
  machine: Machine;
  say(line: string): void;
}

export interface Platform {
  endpoints: Endpoints;
  close(): Promise<void>;
}

const ACCOUNT = 'landfall';
const TOPIC = 'landfall';
const FILE_SYSTEMS = ['landing', 'curated', 'models', 'runs', 'quarantine', 'deadletter'];
const TABLES = ['Arrivals', 'Runs', 'Models'];

/** Starts everything that the app needs, then the app itself; what was started is closed in reverse order. */
export async function startPlatform({ app, state, ports, machine, say }: PlatformOptions): Promise<Platform> {
  const folder = (name: string) => {
    const path = resolve(state, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const closers: (() => Promise<void>)[] = [];
  const started = <T extends { close(): Promise<void> }>(part: T): T => {
    closers.unshift(() => part.close());
    return part;
  };
  const close = async () => {
    for (const closer of closers.splice(0)) await closer();
  };

  try {
    const secrets = ensureSecrets(state);
    const tls = ensureCertificates(folder('tls'));
    const certificates = await tls;
    started(
      await startAzurite({
        dataDir: folder('azurite'),
        ports: { blob: ports.blob, queue: ports.queue, table: ports.table },
        account: ACCOUNT,
        key: secrets.lakeKey,
        onRestart: () => say('Azurite ended: it is started again'),
      }),
    );
    const grid = started(
      await startEventGrid({ port: ports.eventGrid, dataDir: folder('event-grid'), key: secrets.topicKey }),
    );
    const lake = started(
      await startLake({
        port: ports.lake,
        dataDir: folder('lake'),
        account: ACCOUNT,
        key: secrets.lakeKey,
        azurite: { blob: `http://127.0.0.1:${ports.blob}` },
        onEvent: (event) => grid.publish('lake', [event]),
      }),
    );
    const tables = `http://127.0.0.1:${ports.table}/${ACCOUNT}`;
    await makeContainers(lake.url, tables, secrets.lakeKey);

    const registry = started(
      await startRegistry({ port: ports.registry, dataDir: folder('registry'), tls: certificates }),
    );
    await seedBaseImages(registry.url, certificates.ca);

    const crds = loadCrds();
    const tokens = {
      [secrets.adminToken]: { user: 'admin', groups: ['system:masters'] },
      [secrets.appToken]: { user: 'landfall-app', groups: ['system:authenticated'] },
    };
    const apiServer = async (name: string, port: number) =>
      started(
        await startApiServer({
          name,
          port,
          dataDir: folder(`kubernetes/${name}`),
          tls: certificates,
          tokens,
          crds,
          kubelet: { token: secrets.kubeletToken, ca: certificates.ca },
        }),
      );
    const clusters = [
      { context: 'data-processing', server: (await apiServer('data-processing', ports.dataProcessing)).url },
      { context: 'training', server: (await apiServer('training', ports.training)).url },
      { context: 'serving', server: (await apiServer('serving', ports.serving)).url },
    ] as const;
    const kubeconfig = join(resolve(state), 'kubeconfig');
    const appKubeconfig = join(resolve(state), 'app.kubeconfig');
    writeKubeconfig(kubeconfig, 'admin', secrets.adminToken, certificates.ca, [...clusters]);
    writeKubeconfig(appKubeconfig, 'landfall-app', secrets.appToken, certificates.ca, [...clusters]);
    for (const { context } of clusters)
      await applyClusterDocuments(kubeconfig, context, join(app, 'workloads/clusters', context));

    const admin = (server: string) => ({ server, token: secrets.adminToken, ca: certificates.ca });
    started(
      await startOperators({
        clusters: {
          dataProcessing: admin(clusters[0].server),
          training: admin(clusters[1].server),
          serving: admin(clusters[2].server),
        },
        registry: { ca: certificates.ca },
        machine: {
          ...machine,
          lakeEnv: { AZURE_STORAGE_ACCOUNT: ACCOUNT, AZURE_STORAGE_KEY: secrets.lakeKey },
          dataDir: folder('machine'),
        },
        gatewayPort: ports.gateway,
        kubeletPorts: ports.kubelets,
        kubeletToken: secrets.kubeletToken,
        tls: certificates,
      }),
    );

    const hostData = folder('host');
    const keys = ensureKeys(hostData);
    const functions = `http://127.0.0.1:${ports.host}`;
    const topic = `${grid.url}/topics/${TOPIC}/api/events`;
    const endpoints: Endpoints = {
      functions: { url: functions, key: keys.function },
      lake: { dfs: lake.url, blob: lake.url, account: ACCOUNT, key: secrets.lakeKey },
      tables,
      topic: { url: topic, key: secrets.topicKey },
      registry: { url: registry.url },
      clusters: {
        dataProcessing: { server: clusters[0].server },
        training: { server: clusters[1].server },
        serving: { server: clusters[2].server },
      },
      gateway: `http://127.0.0.1:${ports.gateway}`,
      kubeconfig,
      ca: certificates.caFile,
      pids: { platform: process.pid, host: 0 },
    };
    started(
      await startHost({
        app,
        port: ports.host,
        dataDir: hostData,
        logFile: join(resolve(state), 'host.log'),
        say,
        onPid(pid) {
          endpoints.pids.host = pid;
          writeEndpoints(state, endpoints);
        },
        env: {
          LAKE_URL: lake.url,
          LAKE_KEY: secrets.lakeKey,
          TABLES_URL: tables,
          TABLES_KEY: secrets.lakeKey,
          TOPIC_URL: topic,
          TOPIC_KEY: secrets.topicKey,
          REGISTRY_URL: registry.url,
          REGISTRY_AUTH: 'anonymous',
          CLUSTER_DATA_PROCESSING: `kubeconfig:${appKubeconfig}#data-processing`,
          CLUSTER_TRAINING: `kubeconfig:${appKubeconfig}#training`,
          CLUSTER_SERVING: `kubeconfig:${appKubeconfig}#serving`,
          NODE_EXTRA_CA_CERTS: trustedFile(state, certificates.ca),
        },
      }),
    );
    grid.setSubscriptions(subscriptions(functions, keys.system.eventgrid_extension, lake.url, secrets.lakeKey));
    return { endpoints, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the lake's file systems and the tables, as the deployment does in Azure. */
async function makeContainers(lakeUrl: string, tablesUrl: string, key: string): Promise<void> {
  const lake = new DataLakeServiceClient(lakeUrl, new StorageSharedKeyCredential(ACCOUNT, key));
  for (const name of FILE_SYSTEMS) await lake.getFileSystemClient(name).createIfNotExists();
  const credential = new AzureNamedKeyCredential(ACCOUNT, key);
  for (const name of TABLES)
    await new TableClient(tablesUrl, name, credential, { allowInsecureConnection: true }).createTable();
}

/** One file of every authority that the host is to trust: this machine's extra ones, where set, and our own. */
function trustedFile(state: string, ca: string): string {
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  const file = join(resolve(state), 'trusted.pem');
  writeFileSync(file, `${extra ? `${readFileSync(extra, 'utf8')}\n` : ''}${ca}`);
  return file;
}
