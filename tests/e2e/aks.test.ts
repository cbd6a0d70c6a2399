import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ensureCertificates } from '../../local/tls.ts';
import { clusterId, startAzure, type AzureStandIn, type ManagedCluster } from '../kit/azure-stand-in.ts';
import { RunningPlatform, SAMPLE } from '../kit/running-platform.ts';
import { expectServed } from '../kit/served.ts';

// The whole run with all three clusters reached as AKS clusters: by resource id, with a managed identity's token.
const platform = new RunningPlatform(18_400);
let azure: AzureStandIn;
const running = (name: string, pools: ManagedCluster['pools'] = []): ManagedCluster => ({
  power: 'Running',
  provisioning: 'Succeeded',
  kubeconfig: () => userKubeconfig(name),
  pools,
});
const training = running('training', [
  { name: 'gpu', mode: 'User', count: 0, maxCount: 2, provisioningState: 'Succeeded' },
]);
const clusters = { 'data-processing': running('data-processing'), training, serving: running('serving') };

interface Kubeconfig {
  clusters: { name: string }[];
  contexts: { name: string }[];
  users: { name: string; user: { token?: string } }[];
}

beforeAll(async () => {
  // Of the authority that the platform makes its app trust.
  const tls = await ensureCertificates(join(platform.state, 'state/tls'));
  azure = await startAzure({ tls, aksToken: () => appKubeconfig().users[0]?.user.token ?? '', clusters });
  Object.assign(platform.env, azure.env, {
    CLUSTER_DATA_PROCESSING: `aks:${clusterId('data-processing')}`,
    CLUSTER_TRAINING: `aks:${clusterId('training')}`,
    CLUSTER_SERVING: `aks:${clusterId('serving')}`,
    SERVING_GATEWAY: `http://127.0.0.1:${18_400 + 24}`,
  });
  await platform.start();
});
afterAll(async () => {
  await platform.remove();
  await azure.close();
});

/** What the platform has made for the app: its token, the servers and their authority. */
function appKubeconfig(): Kubeconfig {
  return parse(readFileSync(join(platform.state, 'state/app.kubeconfig'), 'utf8')) as Kubeconfig;
}

/** A cluster's kubeconfig as Azure gives it to users: without any token. */
function userKubeconfig(name: string): string {
  const { clusters: servers, contexts, users, ...rest } = appKubeconfig();
  const exec = { apiVersion: 'client.authentication.k8s.io/v1beta1', command: 'kubelogin', args: ['get-token'] };
  return stringify({
    ...rest,
    clusters: servers.filter((server) => server.name === name),
    contexts: contexts.filter((context) => context.name === name),
    users: users.map((user) => ({ name: user.name, user: { exec } })),
    'current-context': name,
  });
}

test('a run passes, and a cluster that was stopped is started for it', async () => {
  expect((await platform.call('GET', 'health')).body).toMatchObject({ status: 'Healthy' });
  training.power = 'Stopped';
  await platform.drop('iris/aks.csv', readFileSync(SAMPLE));
  const waiting = await platform.nextRun([], ({ waitingFor = '' }) =>
    waitingFor.includes('the cluster training to start'),
  );
  expect(waiting.stage).toBe('train');
  Object.assign(training, { power: 'Running', provisioning: 'Succeeded' });
  const run = await platform.nextRun([]);
  expect(run).toMatchObject({ status: 'Succeeded' });
  await expectServed(platform, run.modelVersion ?? '');
  const starts = azure.requests.filter((request) => request.endsWith('/training/start'));
  expect(starts).toHaveLength(1);
  // Two scopes, one token each, for one process.
  expect(azure.requests.filter((request) => request.includes('/msi/token'))).toHaveLength(2);
});
