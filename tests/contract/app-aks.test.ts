import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { DefaultAzureCredential } from '@azure/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { applyClusterDocuments } from '../../local/cluster-documents.ts';
import { writeKubeconfig } from '../../local/kubeconfig.ts';
import { startApiServer } from '../../local/kubernetes/api-server.ts';
import { loadCrds } from '../../local/kubernetes/crds.ts';
import { ensureCertificates } from '../../local/tls.ts';
import { clusterConnection } from '../../shared/clients/cluster-connection.ts';
import { createCluster } from '../../shared/clients/cluster.ts';
import { clusterId, startAzure, type AzureStandIn, type ManagedCluster } from '../kit/azure-stand-in.ts';
import { ROOT } from '../kit/running-platform.ts';

// The real SDKs against an https stand-in of Azure, and an API server that checks the token which they got there.
const folder = mkdtempSync(join(tmpdir(), 'landfall-aks-'));
const closers: (() => Promise<void>)[] = [];
const trusted = getCACertificates();
let azure: AzureStandIn;
const tokens: Record<string, { user: string; groups: string[] }> = {
  admin: { user: 'admin', groups: ['system:masters'] },
};
const training: ManagedCluster = { power: 'Running', provisioning: 'Succeeded', kubeconfig: () => '', pools: [] };

beforeAll(async () => {
  const tls = await ensureCertificates(join(folder, 'tls'));
  setDefaultCACertificates([...trusted, tls.ca]);
  const server = await startApiServer({
    name: 'training',
    port: 0,
    dataDir: folder,
    tls,
    tokens,
    crds: loadCrds(),
    kubelet: { token: 'kubelet', ca: tls.ca },
  });
  closers.push(server.close);
  const admin = join(folder, 'admin');
  writeKubeconfig(admin, 'admin', 'admin', tls.ca, [{ context: 'training', server: server.url }]);
  await applyClusterDocuments(admin, 'training', join(ROOT, 'workloads/clusters/training'));
  training.kubeconfig = () => withPlugin(readFileSync(admin, 'utf8'));
  azure = await startAzure({ tls, aksToken: () => 'app', clusters: { training } });
  closers.push(azure.close);
  for (const [name, value] of Object.entries(azure.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  for (const close of closers) await close();
  setDefaultCACertificates(trusted);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  azure.requests.length = 0;
  azure.recover();
  tokens.app = { user: 'landfall-app', groups: [] };
  Object.assign(training, { power: 'Running', provisioning: 'Succeeded', pools: [] });
});

/** As Azure gives it: the user is kubelogin, which is not here. */
function withPlugin(kubeconfig: string): string {
  const document = parse(kubeconfig) as { users: { user: object }[] };
  const exec = { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'kubelogin', args: ['get-token'] };
  for (const user of document.users) user.user = { exec };
  return stringify(document);
}

const connect = (name = 'training') =>
  createCluster(
    'training',
    clusterConnection({ resourceId: clusterId(name) }, () => new DefaultAzureCredential(), azure.url),
  );
const asked = (path: RegExp) => azure.requests.filter((request) => path.test(request));

test('a cluster is reached by its resource id, with one token for all requests and no kubelogin', async () => {
  const cluster = connect();
  await Promise.all([cluster.names('PyTorchJob', 'a=b'), cluster.pods('a=b'), cluster.get('PyTorchJob', 'none')]);
  expect(await cluster.refusals('PyTorchJob')).toEqual([]);
  expect(asked(/listClusterUserCredential$/)).toHaveLength(1);
  // One token for Resource Manager, one for the API server.
  expect(asked(/msi\/token$/)).toHaveLength(2);
});

test('a token that the cluster does not accept is told with its cure', async () => {
  delete tokens.app;
  await expect(connect().pods('a=b')).rejects.toThrow(
    /Cluster training refused to list pods: .*401.*It does not accept our token: check the app identity/,
  );
});

test('what our Role does not grant is told with its cure', async () => {
  await expect(connect().get('SparkApplication', 'x')).rejects.toThrow(
    /Cluster training refused to get SparkApplication x: .*forbidden.*Apply workloads\/clusters/,
  );
});

test('a request that Azure throttles is sent again', async () => {
  azure.fail(/listClusterUserCredential/, 429, 2);
  expect(await connect().pods('a=b')).toEqual([]);
  expect(asked(/listClusterUserCredential$/)).toHaveLength(3);
});

test.each([500, 503])(
  'where Resource Manager answers %i it is asked again, and told where that lasts',
  async (status) => {
    azure.fail(/listClusterUserCredential/, status, 2);
    expect(await connect().pods('a=b')).toEqual([]);
    expect(asked(/listClusterUserCredential$/)).toHaveLength(3);
    azure.fail(/managedClusters\/training\?/, status, 99);
    await expect(connect().wake()).rejects.toThrow(/as told/);
  },
  30_000,
);

test('a cluster that Azure does not know, or does not show us, is told', async () => {
  await expect(connect('nothing').pods('a=b')).rejects.toThrow(
    /Cluster training could not be asked to list pods: .*nothing/,
  );
  azure.fail(/listClusterUserCredential/, 403, 10);
  await expect(connect().pods('a=b')).rejects.toThrow(/as told/);
});

describe('a cluster that is stopped', () => {
  test('is started once, however many runs want it, and says how that goes', async () => {
    training.power = 'Stopped';
    const answers = await Promise.all([connect().wake(), connect().wake(), connect().wake()]);
    for (const answer of answers) expect(answer).toMatchObject({ awake: false });
    expect(await connect().wake()).toEqual({
      awake: false,
      detail: 'the cluster training to start (it is Starting)',
    });
    Object.assign(training, { power: 'Running', provisioning: 'Succeeded' });
    expect(await connect().wake()).toEqual({ awake: true });
  });

  test('is not started when it runs', async () => {
    expect(await connect().wake()).toEqual({ awake: true });
    expect(asked(/start$/)).toEqual([]);
  });
});

test('node pools are read without the system pool', async () => {
  training.pools = [
    { name: 'system', mode: 'System', count: 1, provisioningState: 'Succeeded' },
    { name: 'gpu', mode: 'User', count: 0, maxCount: 2, provisioningState: 'Scaling' },
  ];
  expect(await connect().pools()).toEqual([{ name: 'gpu', nodes: 0, max: 2, state: 'Scaling' }]);
});
