import type { HttpResponseInit } from '@azure/functions';
import type { ClusterName } from '../shared/config.ts';
import { KINDS, type Kind } from '../shared/manifests/kinds.ts';
import { LABELS } from '../shared/names.ts';
import type { Part } from './api-schemas.ts';
import type { Edge } from './edge.ts';

const DEADLINE_MS = 10_000;

/** Asks every part that the app depends on, at once, and says of each what is wrong and what cures it. */
export async function health(edge: Edge, topicUrl: string): Promise<HttpResponseInit> {
  const { clients } = edge;
  const parts = await Promise.all([
    part('lake', 'Check LAKE_URL and the identity’s role Storage Blob Data Contributor.', async () => {
      await clients.lake.probe('landing');
      return 'landing answers';
    }),
    part('tables', 'Check TABLES_URL and the identity’s role Storage Table Data Contributor.', async () => {
      await clients.models.aliases('health');
      return 'Models answers';
    }),
    part('topic', 'Check TOPIC_URL.', async () => {
      const { status } = await fetch(topicUrl, { method: 'OPTIONS' });
      return `it answers (${status})`;
    }),
    part('registry', 'Push the base images of workloads/images; the identity needs AcrPush.', async () => {
      const digests = await Promise.all(
        ['spark', 'training', 'serving'].map((name) => clients.registry.digestOf(name, 'base')),
      );
      if (digests.includes(undefined)) throw new Error('a base image is missing');
      return 'the base images are there';
    }),
    ...Object.keys(KINDS).map((kind) => cluster(edge, kind as Kind)),
    pipelines(edge),
  ]);
  return answer(parts);
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

function cluster({ clients }: Edge, kind: Kind): Promise<Part> {
  const name: ClusterName = KINDS[kind].cluster;
  return part(`cluster ${name}`, 'Apply workloads/clusters, which grants the app its Role.', async () => {
    const cluster = clients.cluster(name);
    const wakefulness = await cluster.wake({ start: false });
    if (!wakefulness.awake) return `asleep: a run that needs it waits for ${wakefulness.detail}`;
    const refused = await cluster.refusals(kind);
    if (refused.length > 0) throw new Error(`the app may not ${refused.join(', ')}`);
    // Asking for a list also tells whether the operator's definition is there, in the version that we speak.
    await cluster.names(kind, `${LABELS.run}=none`);
    const pools = (await cluster.pools()).map((pool) => `, pool ${pool.name}: ${pool.nodes} nodes (${pool.state})`);
    return `the app may manage ${KINDS[kind].plural}, ${KINDS[kind].version}${pools.join('')}`;
  });
}

function pipelines(edge: Edge): Promise<Part> {
  return part('pipelines', 'Correct what is named.', async () => {
    const { pipelines: good, broken } = edge.pipelines();
    if (broken.length > 0) throw new Error(broken.flatMap(({ problems }) => problems).join('; '));
    return [...good.keys()].join(', ') || 'none';
  });
}

async function part(name: string, cure: string, ask: () => Promise<string>): Promise<Part> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE_MS / 1_000} s`)), DEADLINE_MS);
  });
  try {
    return { name, status: 'Healthy', detail: await Promise.race([ask(), late]) };
  } catch (error) {
    return { name, status: 'Unhealthy', detail: error instanceof Error ? error.message : String(error), cure };
  } finally {
    clearTimeout(timer);
  }
}
