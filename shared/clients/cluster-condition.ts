import { ApisApi, CoreV1Api, CustomObjectsApi, type KubeConfig } from '@kubernetes/client-node';
import { KINDS, type Kind } from '../manifests/kinds.ts';
import { NAMESPACE } from '../names.ts';
import { quotaUse, type QuotaUse } from '../quota.ts';

/** How a kind of object fares on its cluster. */
export interface ClusterCondition {
  /** Versions in which the kind's API group is served; none where its operator was never installed. */
  versions: string[];
  /** Objects of the kind that its operator has said nothing of for too long. */
  unanswered: string[];
  /** How many objects it has spoken of. */
  answered: number;
}

/** A working operator gives an object its first status within a second or two. */
const OPERATOR_SILENCE_MS = 60_000;

type Ask = <T>(what: string, send: (config: KubeConfig) => Promise<T>) => Promise<T>;

/**
 * Looks at a kind with the rights of a run alone. Operators live in namespaces that the app may not look into, so one is
 * known by what it does: it writes the status of our objects.
 */
export async function clusterCondition(ask: Ask, kind: Kind, now = Date.now): Promise<ClusterCondition> {
  const { group, version, plural } = KINDS[kind];
  const { groups } = await ask('list API groups', (config) => config.makeApiClient(ApisApi).getAPIVersions());
  const versions = groups.find(({ name }) => name === group)?.versions.map((served) => served.version) ?? [];
  if (!versions.includes(version)) return { versions, unanswered: [], answered: 0 };
  const { items } = (await ask(`list ${plural}`, (config) =>
    config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject({ group, version, plural, namespace: NAMESPACE }),
  )) as { items: ListedObject[] };
  const silent = items.filter(({ status }) => Object.keys(status ?? {}).length === 0);
  const tooLong = silent.filter(({ metadata }) => now() - Date.parse(metadata.creationTimestamp) > OPERATOR_SILENCE_MS);
  return { versions, unanswered: tooLong.map(({ metadata }) => metadata.name), answered: items.length - silent.length };
}

/** What of the namespace's quotas is in use. */
export async function clusterQuota(ask: Ask): Promise<QuotaUse[]> {
  const { items } = await ask('list quotas', (config) =>
    config.makeApiClient(CoreV1Api).listNamespacedResourceQuota({ namespace: NAMESPACE }),
  );
  return quotaUse(items);
}

interface ListedObject {
  metadata: { name: string; creationTimestamp: string };
  status?: object;
}
