import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const good = {
  LAKE_URL: 'https://lake.dfs.core.windows.net/',
  TABLES_URL: 'https://plain.table.core.windows.net',
  TOPIC_URL: 'https://topic.westeurope-1.eventgrid.azure.net/api/events',
  REGISTRY_URL: 'https://name.azurecr.io',
  WEBSITE_HOSTNAME: 'app.azurewebsites.net',
  CLUSTER_DATA_PROCESSING: 'kubeconfig:/etc/kube#data-processing',
  CLUSTER_TRAINING: 'kubeconfig:/etc/kube#training',
  CLUSTER_SERVING: 'kubeconfig:/etc/kube#serving',
};
const problems = (env: Record<string, string>) => {
  const read = readConfig(env);
  return 'problems' in read ? read.problems : [];
};

test('addresses and clusters are parsed, the account is read from the endpoint', () => {
  expect(readConfig(good)).toMatchObject({
    config: {
      lake: { url: 'https://lake.dfs.core.windows.net', account: 'lake' },
      clusters: { training: { kubeconfig: '/etc/kube', context: 'training' } },
      registry: { anonymous: false },
      appUrl: 'https://app.azurewebsites.net',
      isAuthenticated: false,
    },
  });
  expect(readConfig({ ...good, LAKE_URL: 'http://127.0.0.1:7080/landfall', LAKE_KEY: 'a2V5' })).toMatchObject({
    config: { lake: { account: 'landfall', key: 'a2V5' } },
  });
});

test('a cluster may be an AKS cluster by its resource id', () => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c';
  expect(readConfig({ ...good, CLUSTER_TRAINING: `aks:${id}` })).toMatchObject({
    config: { clusters: { training: { resourceId: id } }, armUrl: 'https://management.azure.com' },
  });
  expect(problems({ ...good, CLUSTER_TRAINING: 'aks:training' })).toEqual([expect.stringContaining('RESOURCE_ID')]);
});

test('every missing or malformed value is listed', () => {
  expect(problems({})).toHaveLength(7);
  expect(problems({ ...good, WEBSITE_HOSTNAME: '' })).toEqual([expect.stringContaining('APP_URL is not set')]);
  const listed = problems({ ...good, LAKE_URL: 'lake', CLUSTER_TRAINING: 'somewhere' });
  expect(listed.join('\n')).toMatch(
    /LAKE_URL "lake": expected an http or https address[\s\S]*CLUSTER_TRAINING "somewhere": expected aks:RESOURCE_ID of an AKS cluster, or kubeconfig/,
  );
});

test('an identity is not sent over plain http', () => {
  expect(problems({ ...good, LAKE_URL: 'http://lake.example' })).toEqual([
    expect.stringContaining('LAKE_KEY is not set'),
  ]);
});

test('sources see settings that begin with SOURCE_ and nothing else, and private addresses that are listed', () => {
  const read = readConfig({
    ...good,
    SOURCE_TOKEN: 't',
    SOURCE_EMPTY: '',
    COLLECT_PRIVATE_ADDRESSES: 'a.b, 10.0.0.0/8',
  });
  expect(read).toMatchObject({ config: { sourceSettings: { SOURCE_TOKEN: 't' }, collectFrom: ['a.b', '10.0.0.0/8'] } });
  expect(readConfig(good)).toMatchObject({ config: { sourceSettings: {}, collectFrom: [] } });
  expect(problems({ ...good, COLLECT_PRIVATE_ADDRESSES: '10.0.0.0/99' })).toEqual([
    expect.stringMatching(/COLLECT_PRIVATE_ADDRESSES "10\.0\.0\.0\/99": expected hosts, addresses or networks/),
  ]);
});
