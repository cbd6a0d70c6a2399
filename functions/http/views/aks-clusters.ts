import type { ClusterName, Config } from '../../../shared/config.ts';
import type { AksCluster } from '../../../shared/run.ts';

/** The Azure portal of each cloud, by the address of its Resource Manager. https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure */
const PORTALS: Record<string, string> = {
  'https://management.azure.com': 'https://portal.azure.com',
  'https://management.usgovcloudapi.net': 'https://portal.azure.us',
  'https://management.chinacloudapi.cn': 'https://portal.azure.cn',
};

/** Where people find the clusters that Azure has: those of a kubeconfig are left out. */
export function aksClusters({
  clusters,
  armUrl,
}: Pick<Config, 'clusters' | 'armUrl'>): Partial<Record<ClusterName, AksCluster>> {
  const portal = PORTALS[armUrl.toLowerCase()];
  return Object.fromEntries(
    Object.entries(clusters).flatMap(([name, connection]) => {
      if (!('resourceId' in connection)) return [];
      const { resourceId } = connection;
      // Its workloads are where the pods of a job are shown.
      return [[name, { resourceId, ...(portal && { portal: `${portal}/#@/resource${resourceId}/workloads` }) }]];
    }),
  );
}
