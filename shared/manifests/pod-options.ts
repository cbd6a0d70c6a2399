import type { PodOptions } from '../pipeline.ts';

/** Label and taint of AKS spot nodes. https://learn.microsoft.com/azure/aks/spot-node-pool */
const SPOT = 'kubernetes.azure.com/scalesetpriority';

/**
 * Nodes for work: on AKS all but those of system pools, which carry the cluster's own services. Nodes without the label,
 * as other clusters have them, are fine. https://learn.microsoft.com/azure/aks/use-system-pools
 */
const FOR_WORK = {
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'kubernetes.azure.com/mode', operator: 'NotIn', values: ['system'] }] },
      ],
    },
  },
};

/** What Pod Security level restricted asks of a container. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const RESTRICTED = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

/** Environment that a pipeline declares for a stage; secrets by reference only. */
export function declaredEnvironment({ environment, secrets }: PodOptions): Variable[] {
  const plain = Object.entries(environment).map(([name, value]) => ({ name, value }));
  const referred = Object.entries(secrets).map(([name, { secret, key }]) => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key } },
  }));
  return [...plain, ...referred];
}

/** Where a stage's pods may run, as a pod's fields; `own` are the tolerations that the stage itself needs. */
export function placement(
  { nodeSelector, tolerations, spot }: PodOptions,
  own: object[] = [],
): Record<string, unknown> {
  const spotToleration = { key: SPOT, operator: 'Equal', value: 'spot', effect: 'NoSchedule' };
  const allTolerations = [...own, ...tolerations, ...(spot ? [spotToleration] : [])];
  const selector = { ...nodeSelector, ...(spot && { [SPOT]: 'spot' }) };
  return {
    affinity: FOR_WORK,
    ...(Object.keys(selector).length > 0 && { nodeSelector: selector }),
    ...(allTolerations.length > 0 && { tolerations: allTolerations }),
  };
}
