import type { ActivityContext } from '../orchestrations/activities/context.ts';
import type { ClusterName } from '../shared/config.ts';
import type { AksCluster } from '../shared/run.ts';

/** What the functions at the edge work with: what activities have, and what only their callers are concerned with. */
export interface Edge extends ActivityContext {
  /** App Service has signed callers in. */
  isAuthenticated: boolean;
  /** Those clusters that are of AKS, as people find them. */
  aks?: Partial<Record<ClusterName, AksCluster>>;
}
