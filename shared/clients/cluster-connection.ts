import type { TokenCredential } from '@azure/identity';
import { KubeConfig } from '@kubernetes/client-node';
import type { ClusterConnection } from '../config.ts';
import { createAks, type NodePool, type Wakefulness } from './aks.ts';

/** How a cluster is reached. */
export interface Connection {
  /** Server, authority and credentials, kept until they are forgotten. */
  config(): Promise<KubeConfig>;
  /** Drops what is kept: a cluster that was stopped and started has another address. */
  forget(): void;
  wake(options?: { start?: boolean }): Promise<Wakefulness>;
  pools(): Promise<NodePool[]>;
}

/** A connection as configured: an AKS cluster by its resource id, or a context of a kubeconfig file. */
export function clusterConnection(
  connection: ClusterConnection,
  identity: () => TokenCredential,
  armUrl: string,
): Connection {
  if ('context' in connection) {
    return {
      ...kept(async () => fromFile(connection)),
      wake: async () => ({ awake: true }),
      pools: async () => [],
    };
  }
  const aks = createAks(connection.resourceId, identity(), armUrl);
  return { ...kept(() => aks.kubeConfig()), wake: (options) => aks.wake(options), pools: () => aks.pools() };
}

/** Exec plugins, client certificates and tokens of the file work as kubectl takes them. */
function fromFile({ kubeconfig, context }: { kubeconfig: string; context: string }): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (!config.getContextObject(context)) throw new Error(`${kubeconfig} has no context ${context}`);
  config.setCurrentContext(context);
  return config;
}

/** Many requests at once make one connection; one that failed is not kept. */
function kept(connect: () => Promise<KubeConfig>): Pick<Connection, 'config' | 'forget'> {
  let made: Promise<KubeConfig> | undefined;
  const forget = () => (made = undefined);
  return {
    config: () => (made ??= connect().catch((error: unknown) => (forget(), Promise.reject(error)))),
    forget,
  };
}
