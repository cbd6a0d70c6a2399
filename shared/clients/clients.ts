import { DefaultAzureCredential } from '@azure/identity';
import type { ClusterName, Config } from '../config.ts';
import { createArrivals, type Arrivals } from './arrivals.ts';
import { createBackfills, type Backfills } from './backfills.ts';
import { clusterConnection } from './cluster-connection.ts';
import { createCluster, type Cluster } from './cluster.ts';
import { createContainers, type Containers } from './containers.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { createEvents } from './events.ts';
import { createFinishedStages, type FinishedStages } from './finished-stages.ts';
import { createLake, type Lake } from './lake.ts';
import { createLanding, type Landing } from './landing.ts';
import { createModels, type Models } from './models.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createRegistry, type Registry } from './registry.ts';
import { createPredictor, type Predictor } from './predictor.ts';
import { createProbes, type Probes } from './probes.ts';
import { createReviews, type Reviews } from './reviews.ts';
import { createRuns, type Runs } from './runs.ts';
import { createSchedules, type Schedules } from './schedules.ts';
import { sharedToken } from './shared-token.ts';
import { createSources, type Sources } from './sources.ts';
import { tableOpener } from './table.ts';
import { createWeb, type Web } from './web.ts';
import { createWebhook, type Webhook } from './webhook.ts';

/** Everything outside the app that it talks to. */
export interface Clients {
  lake: Lake;
  /** Where data comes from, and what was seen of it. */
  web: Web;
  containers: Containers;
  sources: Sources;
  landing: Landing;
  arrivals: Arrivals;
  deadLetters: DeadLetters;
  runs: Runs;
  finishedStages: FinishedStages;
  backfills: Backfills;
  schedules: Schedules;
  reviews: Reviews;
  models: Models;
  events: Outbox;
  webhook: Webhook;
  registry: Registry;
  cluster(name: ClusterName): Cluster;
  predictor: Predictor;
  probes: Probes;
}

/** Builds the clients that a configuration names; none of them connects before it is used. */
export function createClients(config: Config): Clients {
  const identity = once(() => sharedToken(new DefaultAzureCredential()));
  const open = tableOpener(config.tables, identity);
  const clusters = new Map<ClusterName, Cluster>();
  const cluster = (name: ClusterName) => {
    const connect = () => clusterConnection(config.clusters[name], identity, config.armUrl);
    const known = clusters.get(name) ?? createCluster(name, connect());
    clusters.set(name, known);
    return known;
  };
  const lake = createLake(config.lake, identity);
  return {
    lake,
    web: createWeb(config.collectFrom),
    containers: createContainers(config.collectFrom, identity),
    sources: createSources(open),
    landing: createLanding(config.lake, identity),
    arrivals: createArrivals(open),
    deadLetters: createDeadLetters(config.lake, identity),
    runs: createRuns(open),
    finishedStages: createFinishedStages(open),
    backfills: createBackfills(open, lake),
    schedules: createSchedules(open),
    reviews: createReviews(open),
    models: createModels(open),
    events: createOutbox(open, createEvents(config.topic, identity)),
    webhook: createWebhook(config.webhook),
    registry: createRegistry(config.registry.url, config.registry.anonymous ? undefined : identity()),
    cluster,
    predictor: createPredictor(() => cluster('serving'), config.servingGateway),
    probes: createProbes(config, open, identity),
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
