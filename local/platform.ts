import { readFileSync, writeFileSync } from 'node:fs';
import { startClusters, type Clusters } from './clusters.ts';
import { writeEndpoints, type Endpoints } from './endpoints.ts';
import { ensureKeys } from './functions-host/keys.ts';
import { startHost } from './host-process.ts';
import { coreTools, ownHost } from './host-program.ts';
import type { Machine } from './machine.ts';
import type { Ports } from './ports.ts';
import { seedBaseImages } from './registry/base-images.ts';
import { startRegistry } from './registry/registry.ts';
import { ensureSecrets } from './secrets.ts';
import { closeInReverse, stateFolder, type Starting } from './starting.ts';
import { ACCOUNT, startStorage, type Storage } from './storage.ts';
import { lifecycleSubscription, subscriptions } from './subscriptions.ts';
import { ensureCertificates } from './tls.ts';

export interface PlatformOptions {
  /** Folder of the built app. */
  app: string;
  state: string;
  ports: Ports;
  machine: Machine;
  say(line: string): void;
  /** Webhook that gets the lifecycle events. */
  events?: string;
  /** Program of real API servers, in place of ours. */
  apiServers?: string;
  /** Whose functions host runs the app. */
  host?: HostName;
}

/** Our own host, or Azure Functions Core Tools. */
export type HostName = 'own' | 'func';

export interface Platform {
  endpoints: Endpoints;
  close(): Promise<void>;
}

/** Starts everything that the app needs, then the app itself; what was started is closed in reverse order. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { app, state, ports, machine, say, events, apiServers, host = 'own' } = options;
  const { started, close } = closeInReverse();
  const { folder, file } = stateFolder(state);
  try {
    const certificates = await ensureCertificates(folder('tls'));
    const base = { ports, secrets: ensureSecrets(state), certificates, say, folder, file, started };
    const starting: Starting = { ...base, ...(apiServers !== undefined && { apiServers }) };
    const storage = await startStorage(starting);
    const registry = await started(
      startRegistry({ port: ports.registry, dataDir: folder('registry'), tls: certificates }),
    );
    await seedBaseImages(registry.url, certificates.ca);
    const clusters = await startClusters(starting, machine);
    const around = { app, state, storage, registry: registry.url, clusters, host, ...(events && { events }) };
    const endpoints = await startApp(starting, around);
    return { endpoints, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Surroundings {
  app: string;
  state: string;
  storage: Storage;
  registry: string;
  clusters: Clusters;
  host: HostName;
  events?: string;
}

/** Starts the functions host with the app, and subscribes the app to the lake's events. */
async function startApp(starting: Starting, around: Surroundings): Promise<Endpoints> {
  const { ports, secrets, say, folder, file, started } = starting;
  const { app, state, storage, host } = around;
  const dataDir = folder('host');
  const keys = ensureKeys(dataDir);
  const endpoints = endpointsOf(starting, around, keys.function);
  await started(
    startHost({
      app,
      port: ports.host,
      program: host === 'own' ? ownHost(app, ports.host, dataDir) : coreTools(ports.host, storage.connection),
      logFile: file('host.log'),
      say,
      onPid(pid) {
        endpoints.pids.host = pid;
        writeEndpoints(state, endpoints);
      },
      env: appSettings(starting, around),
    }),
  );
  const { url } = endpoints.functions;
  storage.grid.setSubscriptions([
    ...subscriptions(url, keys.system.eventgrid_extension, storage.lake, secrets.lakeKey),
    ...(around.events ? [lifecycleSubscription(around.events)] : []),
  ]);
  return endpoints;
}

function endpointsOf({ ports, secrets, certificates }: Starting, around: Surroundings, key: string): Endpoints {
  const { storage, registry, clusters } = around;
  return {
    functions: { url: `http://127.0.0.1:${ports.host}`, key },
    lake: { dfs: storage.lake, blob: storage.lake, account: ACCOUNT, key: secrets.lakeKey },
    tables: storage.tables,
    topic: { url: storage.topic, key: secrets.topicKey },
    registry: { url: registry },
    clusters: {
      dataProcessing: { server: clusters.servers.dataProcessing },
      training: { server: clusters.servers.training },
      serving: { server: clusters.servers.serving },
    },
    gateway: `http://127.0.0.1:${ports.gateway}`,
    kubeconfig: clusters.kubeconfig,
    ca: certificates.caFile,
    pids: { platform: process.pid, host: 0 },
  };
}

/**
 * The app's settings: endpoints and keys, as in Azure its endpoints and identities. What this process's environment sets
 * itself wins, so that the app can be pointed at a real cluster or account.
 */
function appSettings(starting: Starting, around: Surroundings): Record<string, string> {
  const { secrets, certificates, file, ports, apiServers } = starting;
  const { storage, registry, clusters } = around;
  const settings = {
    LAKE_URL: storage.lake,
    LAKE_KEY: secrets.lakeKey,
    TABLES_URL: storage.tables,
    TABLES_KEY: secrets.lakeKey,
    TOPIC_URL: storage.topic,
    TOPIC_KEY: secrets.topicKey,
    APP_URL: `http://127.0.0.1:${ports.host}`,
    REGISTRY_URL: registry,
    REGISTRY_AUTH: 'anonymous',
    CLUSTER_DATA_PROCESSING: `kubeconfig:${clusters.appKubeconfig}#data-processing`,
    CLUSTER_TRAINING: `kubeconfig:${clusters.appKubeconfig}#training`,
    CLUSTER_SERVING: `kubeconfig:${clusters.appKubeconfig}#serving`,
    // A real API server proxies to no pod on its own machine.
    ...(apiServers !== undefined && { SERVING_GATEWAY: `http://127.0.0.1:${ports.gateway}` }),
  };
  const local = Object.entries(settings).filter(([name]) => process.env[name] === undefined);
  return { ...Object.fromEntries(local), NODE_EXTRA_CA_CERTS: trustedFile(file('trusted.pem'), certificates.ca) };
}

/** One file of every authority that the host is to trust: this machine's extra ones, where set, and our own. */
function trustedFile(file: string, ca: string): string {
  const extra = process.env.NODE_EXTRA_CA_CERTS;
  writeFileSync(file, `${extra ? `${readFileSync(extra, 'utf8')}\n` : ''}${ca}`);
  return file;
}
