import { join } from 'node:path';
import { applyClusterDocuments } from './cluster-documents.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { startApiServer } from './kubernetes/api-server.ts';
import { loadCrds } from './kubernetes/crds.ts';
import { startRealApiServer } from './kubernetes/real-api-server.ts';
import type { Machine } from './machine.ts';
import { startOperators } from './operators/operators.ts';
import type { Starting } from './starting.ts';
import { ACCOUNT } from './storage.ts';

const DOCUMENTS = join(import.meta.dirname, '../workloads/clusters');

export interface Clusters {
  servers: { dataProcessing: string; training: string; serving: string };
  /** For the person at the keyboard, who may do everything. */
  kubeconfig: string;
  /** For the app, which may do what its Roles say. */
  appKubeconfig: string;
}

/** Starts three API servers with our own documents on them, and the operators and kubelets as their clients. */
export async function startClusters(starting: Starting, machine: Machine): Promise<Clusters> {
  const { ports, secrets, certificates, file } = starting;
  const servers = {
    dataProcessing: await startServer(starting, 'data-processing', ports.dataProcessing),
    training: await startServer(starting, 'training', ports.training),
    serving: await startServer(starting, 'serving', ports.serving),
  };
  const contexts = [
    { context: 'data-processing', server: servers.dataProcessing },
    { context: 'training', server: servers.training },
    { context: 'serving', server: servers.serving },
  ];
  const [kubeconfig, appKubeconfig] = [file('kubeconfig'), file('app.kubeconfig')];
  writeKubeconfig(kubeconfig, 'admin', secrets.adminToken, certificates.ca, contexts);
  writeKubeconfig(appKubeconfig, 'landfall-app', secrets.appToken, certificates.ca, contexts);
  for (const { context } of contexts) {
    await applyClusterDocuments(kubeconfig, context, join(DOCUMENTS, context));
  }
  await startMachine(starting, servers, machine);
  return { servers, kubeconfig, appKubeconfig };
}

async function startServer(
  { secrets, certificates, folder, started, apiServers }: Starting,
  name: string,
  port: number,
): Promise<string> {
  const options = {
    name,
    port,
    dataDir: folder(`kubernetes/${name}`),
    tls: certificates,
    tokens: {
      [secrets.adminToken]: { user: 'admin', groups: ['system:masters'] },
      [secrets.appToken]: { user: 'landfall-app', groups: ['system:authenticated'] },
    },
    crds: loadCrds(),
    kubelet: { token: secrets.kubeletToken, ca: certificates.ca },
  };
  const server = await started(
    apiServers === undefined ? startApiServer(options) : startRealApiServer({ ...options, program: apiServers }),
  );
  return server.url;
}

/** The operators, and this machine as the one node of each cluster. */
async function startMachine(starting: Starting, servers: Clusters['servers'], machine: Machine): Promise<void> {
  const { ports, secrets, certificates, folder, started } = starting;
  const access = (server: string) => ({ server, token: secrets.adminToken, ca: certificates.ca });
  await started(
    startOperators({
      clusters: {
        dataProcessing: access(servers.dataProcessing),
        training: access(servers.training),
        serving: access(servers.serving),
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
}
