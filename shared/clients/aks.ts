import { ContainerServiceClient } from '@azure/arm-containerservice';
import { getBearerTokenProvider, type TokenCredential } from '@azure/identity';
import { KubeConfig } from '@kubernetes/client-node';
import { isStatus } from './is-status.ts';

/** Whether a cluster can be asked at all; a stopped one is started, which takes minutes. */
export type Wakefulness = { awake: true } | { awake: false; detail: string };

/** Nodes of one pool, as its autoscaler has them now. */
export interface NodePool {
  name: string;
  nodes: number;
  /** Most nodes that it may grow to; absent where it does not grow. */
  max?: number;
  /** Such as Succeeded, Scaling, Failed. */
  state: string;
}

/** What Azure's control plane knows of an AKS cluster. */
export interface Aks {
  /** Server and authority of the cluster, with a token of our own identity for each request. */
  kubeConfig(): Promise<KubeConfig>;
  /** Starts a stopped cluster, unless it is only asked how it is. */
  wake(options?: { start?: boolean }): Promise<Wakefulness>;
  pools(): Promise<NodePool[]>;
}

/**
 * Scope of the AKS server application, the same in every tenant.
 * https://learn.microsoft.com/azure/aks/kubelogin-authentication
 */
const AKS_SCOPE = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';

const RESOURCE_ID =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ContainerService\/managedClusters\/([^/]+)$/i;

/** Subscription, resource group and name of a cluster's resource id; undefined when it is none. */
export function parseClusterId(id: string): { subscription: string; group: string; name: string } | undefined {
  const [, subscription, group, name] = RESOURCE_ID.exec(id) ?? [];
  return subscription && group && name ? { subscription, group, name } : undefined;
}

/** An AKS cluster by its resource id. Neither kubelogin nor a kubeconfig on disk is needed. */
export function createAks(resourceId: string, credential: TokenCredential, armUrl: string): Aks {
  const id = parseClusterId(resourceId);
  if (!id) throw new Error(`${resourceId} is no resource id of an AKS cluster`);
  const options = { endpoint: armUrl, credentialScopes: [`${armUrl}/.default`] };
  const arm = new ContainerServiceClient(credential, id.subscription, options);
  // Keeps one token for all requests and gets the next before it expires.
  const token = getBearerTokenProvider(credential, AKS_SCOPE);

  return {
    async kubeConfig() {
      const { kubeconfigs } = await arm.managedClusters.listClusterUserCredentials(id.group, id.name);
      const content = kubeconfigs?.[0]?.value;
      if (!content) throw new Error(`Azure gave no credentials for the cluster ${id.name}`);
      return withToken(Buffer.from(content).toString('utf8'), token);
    },
    async wake({ start: mayStart = true } = {}) {
      const { powerState, provisioningState } = await arm.managedClusters.get(id.group, id.name);
      if (powerState?.code === 'Running' && provisioningState !== 'Starting') return { awake: true };
      const isAsleep = powerState?.code === 'Stopped' && provisioningState !== 'Starting';
      if (isAsleep && mayStart) await start(arm, id);
      return { awake: false, detail: `the cluster ${id.name} to start (it is ${provisioningState ?? 'stopped'})` };
    },
    async pools() {
      const found: NodePool[] = [];
      for await (const pool of arm.agentPools.list(id.group, id.name)) {
        if (pool.mode === 'System') continue;
        const { name = '', count: nodes = 0, maxCount: max, provisioningState: state = 'Unknown' } = pool;
        found.push({ name, nodes, state, ...(max != null && { max }) });
      }
      return found;
    },
  };
}

/** Asks for the start and does not wait for it; of several who ask, Azure refuses all but the first. */
async function start(arm: ContainerServiceClient, { group, name }: { group: string; name: string }): Promise<void> {
  try {
    const poller = arm.managedClusters.start(group, name, { updateIntervalInMs: 60_000 });
    await poller.submitted();
  } catch (error) {
    if (!isStatus(error, 409)) throw error;
  }
}

/** The same configuration, whose user (who would need kubelogin) is replaced by a token. */
function withToken(content: string, token: () => Promise<string>): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(content);
  config.users = config.users.map(({ name }) => ({ name }));
  config.addAuthenticator({
    isAuthProvider: () => true,
    async applyAuthentication(_, options) {
      options.headers = { ...options.headers, Authorization: `Bearer ${await token()}` };
    },
  });
  return config;
}
