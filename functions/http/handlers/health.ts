import type { HttpResponseInit } from '@azure/functions';
import { within } from '../../../shared/deadline.ts';
import type { ClusterCondition } from '../../../shared/clients/cluster-condition.ts';
import type { ClusterName } from '../../../shared/config.ts';
import { KINDS, type Kind } from '../../../shared/manifests/kinds.ts';
import type { QuotaUse } from '../../../shared/quota.ts';
import type { Part } from '../schemas/api-schemas.ts';
import type { Edge } from '../../edge.ts';

const DEADLINE_MS = 10_000;

/**
 * Tries every part that the app depends on, at once, with what a run needs of it, and says of each what is wrong and what
 * cures it.
 */
export async function health(edge: Edge): Promise<HttpResponseInit> {
  const { clients } = edge;
  const { probes } = clients;
  const parts = await Promise.all([
    part('lake', 'Check LAKE_URL and the identity’s role Storage Blob Data Contributor.', async () => {
      await probes.lake();
      return 'landing answers, runs can be written';
    }),
    part('tables', 'Check TABLES_URL and the identity’s role Storage Table Data Contributor.', async () => {
      await probes.tables();
      return 'Models can be written';
    }),
    part('topic', 'Check TOPIC_URL, and the identity’s role EventGrid Data Sender or TOPIC_KEY.', async () => {
      await probes.topic();
      return 'it takes events';
    }),
    part('registry', 'Check REGISTRY_URL and the identity’s role AcrPush.', async () => {
      await Promise.all([probes.registry(), baseImages(clients)]);
      return 'the base images are there, images can be pushed';
    }),
    ...[...KINDS_OF].map(([name, kinds]) => cluster(edge, name, kinds)),
    pipelines(edge),
  ]);
  return answer(parts);
}

async function baseImages({ registry }: Edge['clients']): Promise<void> {
  const names = ['spark', 'training', 'serving'];
  const digests = await Promise.all(names.map((name) => registry.digestOf(name, 'base')));
  const missing = names.filter((_, index) => digests[index] === undefined).map((name) => `${name}:base`);
  if (missing.length === 0) return;
  throw new Ailment(`there is no ${missing.join(', ')}`, 'Build the base images: workloads/images/build.sh REGISTRY.');
}

/** What health says when the app could not be configured: nothing else is registered then. */
export function misconfigured(problems: string[]): HttpResponseInit {
  const cure = 'Correct the app settings and restart the app.';
  return answer(problems.map((detail): Part => ({ name: 'configuration', status: 'Unhealthy', detail, cure })));
}

function answer(parts: Part[]): HttpResponseInit {
  const healthy = parts.every(({ status }) => status === 'Healthy');
  return { status: healthy ? 200 : 503, jsonBody: { status: healthy ? 'Healthy' : 'Unhealthy', parts } };
}

/** The kinds that a cluster has, by cluster. */
const KINDS_OF = Map.groupBy(Object.keys(KINDS) as Kind[], (kind): ClusterName => KINDS[kind].cluster);

function cluster({ clients }: Edge, name: ClusterName, kinds: Kind[]): Promise<Part> {
  return part(`cluster ${name}`, 'Apply workloads/clusters, which grants the app its Role.', async () => {
    const cluster = clients.cluster(name);
    const wakefulness = await cluster.wake({ start: false });
    if (!wakefulness.awake) return `asleep: a run that needs it waits for ${wakefulness.detail}`;
    const refused = (await Promise.all(kinds.map((kind) => cluster.refusals(kind)))).flat();
    if (refused.length > 0) throw new Error(`the app may not ${[...new Set(refused)].join(', ')}`);
    const told = kinds.map(async (kind) => `may manage ${answering(kind, await cluster.condition(kind))}`);
    const pools = (await cluster.pools()).map((pool) => `pool ${pool.name}: ${pool.nodes} nodes (${pool.state})`);
    return [...(await Promise.all(told)), room(name, await cluster.quota()), ...pools].join('; ');
  });
}

/** That a kind is served and its operator works, in words; throws what is wrong. */
export function answering(kind: Kind, { versions, unanswered, answered }: ClusterCondition): string {
  const { cluster, group, version, plural } = KINDS[kind];
  const installed = `workloads/clusters/${cluster}/operators.txt`;
  if (versions.length === 0) throw new Ailment(`${group} is not served`, `Install the operator: ${installed}.`);
  if (!versions.includes(version)) {
    const message = `${group} is served as ${versions.join(', ')}, and the app speaks ${version}`;
    throw new Ailment(message, `Install the operator in the version of ${installed}.`);
  }
  if (unanswered.length > 0) {
    const message = `the operator says nothing of ${plural} ${unanswered.slice(0, 3).join(', ')}`;
    throw new Ailment(message, `See that the operator of ${installed} runs, and its log.`);
  }
  return `${plural} ${version} (${answered > 0 ? `their operator answers, ${answered} there` : 'none there'})`;
}

/** How much room there is, in words; throws where no more fits. */
export function room(cluster: ClusterName, quota: QuotaUse[]): string {
  const full = quota.filter(({ isExhausted }) => isExhausted);
  if (full.length > 0) {
    const cure = `Wait until jobs end, or raise workloads/clusters/${cluster}/resource-quota.yaml and apply it.`;
    throw new Ailment(`the quota is used up: ${full.map(amounts).join(', ')}`, cure);
  }
  return quota.length > 0 ? `quota: ${quota.map(amounts).join(', ')}` : 'no quota';
}

function amounts({ resource, used, hard }: QuotaUse): string {
  return `${resource} ${used} of ${hard}`;
}

/** Something that is wrong and has a cure of its own. */
class Ailment extends Error {
  readonly cure: string;
  constructor(message: string, cure: string) {
    super(message);
    this.cure = cure;
  }
}

function pipelines(edge: Edge): Promise<Part> {
  return part('pipelines', 'Correct what is named.', async () => {
    const { pipelines: good, broken } = edge.pipelines();
    if (broken.length > 0) throw new Error(broken.flatMap(({ problems }) => problems).join('; '));
    return [...good.keys()].join(', ') || 'none';
  });
}

async function part(name: string, cure: string, ask: () => Promise<string>): Promise<Part> {
  try {
    return { name, status: 'Healthy', detail: await within(DEADLINE_MS, ask) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, status: 'Unhealthy', detail, cure: error instanceof Ailment ? error.cure : cure };
  }
}
