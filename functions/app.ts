import { app, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { createActivities } from '../orchestrations/activities/create-activities.ts';
import type { DurablePort } from '../orchestrations/activities/durable-port.ts';
import { ORCHESTRATIONS } from '../shared/names.ts';
import { awaitJob } from '../orchestrations/await-job.ts';
import { backfill } from '../orchestrations/backfill.ts';
import { collection } from '../orchestrations/collection.ts';
import { collector } from '../orchestrations/collector.ts';
import { pipelineRun } from '../orchestrations/pipeline-run.ts';
import { review } from '../orchestrations/review.ts';
import { rollout } from '../orchestrations/rollout.ts';
import { createClients } from '../shared/clients/clients.ts';
import { createTracing, type Tracing } from '../shared/clients/tracing.ts';
import { readConfig, type Config } from '../shared/config.ts';
import { loadPipelines } from '../shared/load-pipelines.ts';
import { aksClusters } from './http/views/aks-clusters.ts';
import { collectDue } from './timers/collect-due.ts';
import { createDashboard, DASHBOARD } from './http/handlers/dashboard.ts';
import { durablePort } from './host/durable-client.ts';
import type { Edge } from './edge.ts';
import { createHandlers } from './http/handlers.ts';
import { misconfigured } from './http/handlers/health.ts';
import { jobResultCreated } from './events/job-result-created.ts';
import { activityLine } from './host/log-line.ts';
import { landingBlobCreated } from './events/landing-blob-created.ts';
import { OPERATIONS, ROUTES } from './http/routes.ts';
import { serve } from './http/serve.ts';
import { startScheduled } from './timers/start-scheduled.ts';
import { sweep } from './timers/sweep.ts';
import { traceActivity } from './host/trace-activity.ts';

const authLevel = 'function';
const read = readConfig(process.env);

// A throw here would give a host without functions and one warning, so bad configuration leaves health, which tells.
if ('problems' in read) {
  const { problems } = read;
  const { path, method } = ROUTES.health;
  app.http('health', { route: path, methods: [method], authLevel, handler: () => misconfigured(problems) });
} else {
  compose(read.config);
}

function compose(config: Config): void {
  const clients = createClients(config);
  const edge: Edge = {
    clients,
    folders: config.folders,
    lakeUrl: config.lake.url,
    telemetry: config.telemetry,
    setting: (name) => config.sourceSettings[name],
    appUrl: config.appUrl,
    isAuthenticated: config.isAuthenticated,
    aks: aksClusters(config),
    pipelines: () => loadPipelines(config.folders.pipelines),
  };
  registerEvents(edge);
  registerRoutes(edge);
  const { name, ...page } = DASHBOARD;
  app.http(name, { ...page, methods: [...page.methods], handler: createDashboard(config.dashboardFolder) });
  const tracing = createTracing(config.telemetry, (line) => console.warn(line));
  app.hook.appTerminate(() => tracing.flush());
  registerOrchestrations(edge, tracing);
}

function registerEvents(edge: Edge): void {
  df.app.client.eventGrid('landingBlobCreated', {
    handler: (event, client, context) => landingBlobCreated(edge, durablePort(client), event, context),
  });
  df.app.client.eventGrid('jobResultCreated', {
    handler: (event, client, context) => jobResultCreated(durablePort(client), event, context),
  });
  df.app.client.timer('collectDue', {
    schedule: '0 * * * * *',
    handler: (_, client, context) => collectDue(edge, durablePort(client), context),
  });
  df.app.client.timer('startScheduled', {
    schedule: '0 * * * * *',
    handler: (_, client, context) => startScheduled(edge, durablePort(client), context),
  });
  df.app.client.timer('sweep', {
    schedule: '0 * * * * *',
    handler: (_, client, context) => sweep(edge, durablePort(client), context),
  });
}

/**
 * Registers the table of routes and nothing else; each wants the function key, and where sign-in is on an app role too.
 * A function has the name of its operation, by which alerts ask for it, as for 'predict'.
 */
function registerRoutes(edge: Edge): void {
  const handlers = createHandlers(edge);
  for (const [name, route] of OPERATIONS) {
    const answer = serve(route, handlers[name], edge.isAuthenticated);
    app.http(name, {
      route: route.path,
      methods: [route.method],
      authLevel,
      extraInputs: [df.input.durableClient()],
      handler: (request, context) => answer(request, () => durablePort(df.getClient(context)), context),
    });
  }
}

function registerOrchestrations(edge: Edge, tracing: Tracing): void {
  df.app.orchestration(ORCHESTRATIONS.collector, collector);
  df.app.orchestration(ORCHESTRATIONS.collection, collection);
  df.app.orchestration(ORCHESTRATIONS.pipelineRun, pipelineRun);
  df.app.orchestration(ORCHESTRATIONS.awaitJob, awaitJob);
  df.app.orchestration(ORCHESTRATIONS.review, review);
  df.app.orchestration(ORCHESTRATIONS.rollout, rollout);
  df.app.orchestration(ORCHESTRATIONS.backfill, backfill);
  const { plain, starting } = createActivities(edge);
  for (const [name, activity] of Object.entries(plain)) {
    const act = activity as (input: unknown) => Promise<unknown>;
    df.app.activity(name, { handler: told(tracing, name, act) });
  }
  for (const [name, activity] of Object.entries(starting)) {
    const act = activity as (input: unknown, durable: DurablePort) => Promise<unknown>;
    df.app.activity(name, {
      extraInputs: [df.input.durableClient()],
      handler: told(tracing, name, (input, context) => act(input, durablePort(df.getClient(context)))),
    });
  }
}

/** The same activity, as a span of its run's trace, which logs that it was done. */
function told(tracing: Tracing, name: string, act: (input: unknown, context: InvocationContext) => Promise<unknown>) {
  return async (input: unknown, context: InvocationContext): Promise<unknown> => {
    const traced = { name, input, traceParent: context.traceContext?.traceParent };
    const output = await traceActivity(tracing, traced, () => act(input, context));
    context.info(activityLine(name, input, output));
    return output;
  };
}
