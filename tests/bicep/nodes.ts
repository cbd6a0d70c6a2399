import { at, listAt, ofType, type Snapshot } from './snapshot.ts';

/** What a pod asks of a node. */
export interface Asks {
  cpu: number;
  gibibytes: number;
  gpus: number;
  tolerations: unknown[];
  /** Expressions of the required node affinity: one list a term, of which one has to hold. */
  terms: unknown[][];
  selector: Record<string, string>;
}

/** Sizes of the parameter files: vCPUs, memory and GPUs. https://learn.microsoft.com/azure/virtual-machines/sizes/overview */
const SIZES: Record<string, { cpu: number; gibibytes: number; gpus: number }> = {
  Standard_D4ds_v5: { cpu: 4, gibibytes: 16, gpus: 0 },
  Standard_D8ds_v5: { cpu: 8, gibibytes: 32, gpus: 0 },
  Standard_NC4as_T4_v3: { cpu: 4, gibibytes: 28, gpus: 1 },
  Standard_NC8as_T4_v3: { cpu: 8, gibibytes: 56, gpus: 1 },
};
/** What the kubelet keeps for itself and what runs on every node, generously. */
const KEPT = { cpu: 1, gibibytes: 4 };

/** Names of the pools of a cluster whose nodes the scheduler would give a pod. */
export function poolsFor(made: Snapshot, cluster: string, asks: Asks): string[] {
  const owner = ofType(made, 'Microsoft.ContainerService/managedClusters').find(({ name }) =>
    name.endsWith(`-${cluster}`),
  );
  return listAt(owner, 'properties.agentPoolProfiles')
    .filter((pool) => hasRoom(pool, asks) && isTolerated(pool, asks) && isLiked(pool, asks))
    .map((pool) => String(at(pool, 'name')));
}

function hasRoom(pool: unknown, { cpu, gibibytes, gpus }: Asks): boolean {
  const size = SIZES[String(at(pool, 'vmSize'))];
  if (!size) throw new Error(`nobody knows how large ${String(at(pool, 'vmSize'))} is`);
  return cpu <= size.cpu - KEPT.cpu && gibibytes <= size.gibibytes - KEPT.gibibytes && gpus <= size.gpus;
}

function isTolerated(pool: unknown, { tolerations }: Asks): boolean {
  const accepted = tolerations.map((each) => `${at(each, 'key')}=${at(each, 'value')}:${at(each, 'effect')}`);
  return listAt(pool, 'nodeTaints').every((taint) => accepted.includes(String(taint)));
}

function isLiked(pool: unknown, { terms, selector }: Asks): boolean {
  const labels: Record<string, string> = {
    'kubernetes.azure.com/mode': String(at(pool, 'mode')).toLowerCase(),
    agentpool: String(at(pool, 'name')),
  };
  const isSelected = Object.entries(selector).every(([key, value]) => labels[key] === value);
  const holds = (expression: unknown): boolean => {
    const isIn = listAt(expression, 'values').includes(labels[String(at(expression, 'key'))]);
    const operator = at(expression, 'operator');
    if (operator !== 'In' && operator !== 'NotIn') throw new Error(`unknown operator ${String(operator)}`);
    return operator === 'In' ? isIn : !isIn;
  };
  return isSelected && (terms.length === 0 || terms.some((term) => term.every(holds)));
}
