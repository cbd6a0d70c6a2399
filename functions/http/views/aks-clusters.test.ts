import { expect, test } from 'vitest';
import { aksClusters } from './aks-clusters.ts';

const resourceId =
  '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/landfall/providers/Microsoft.ContainerService/managedClusters/training';
const clusters = {
  'data-processing': { kubeconfig: '/home/ada/.kube/config', context: 'data-processing' },
  training: { resourceId },
  serving: { kubeconfig: '/home/ada/.kube/config', context: 'serving' },
};

test.each([
  ['https://management.azure.com', 'https://portal.azure.com'],
  ['https://management.usgovcloudapi.net', 'https://portal.azure.us'],
  ['https://management.chinacloudapi.cn', 'https://portal.azure.cn'],
])('a cluster of the cloud of %s is shown in its portal', (armUrl, portal) => {
  expect(aksClusters({ clusters, armUrl })).toEqual({
    training: { resourceId, portal: `${portal}/#@/resource${resourceId}/workloads` },
  });
});

test('of a cloud whose portal nobody knows, the resource id remains', () => {
  expect(aksClusters({ clusters, armUrl: 'https://arm.example' })).toEqual({ training: { resourceId } });
});
