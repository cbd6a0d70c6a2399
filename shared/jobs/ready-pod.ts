import type { V1Pod } from '@kubernetes/client-node';

/** A pod that answers, its name, and the port of its container. */
export type ReadyPod = V1Pod & { name: string; port: number };

const DEFAULT_PORT = 8080;

/** The first pod that is ready and is not being deleted. */
export function readyPod(pods: V1Pod[]): ReadyPod | undefined {
  const pod = pods.find(
    ({ metadata, status }) =>
      metadata?.name !== undefined &&
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status: held }) => type === 'Ready' && held === 'True'),
  );
  if (!pod?.metadata?.name) return undefined;
  const port = pod.spec?.containers[0]?.ports?.[0]?.containerPort ?? DEFAULT_PORT;
  return { ...pod, name: pod.metadata.name, port };
}
