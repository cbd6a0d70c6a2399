import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { createActivities } from '../orchestrations/activities/create-activities.ts';
import type { DurablePort } from '../orchestrations/activities/durable-port.ts';
import { ORCHESTRATIONS } from '../shared/names.ts';
import { awaitJob } from '../orchestrations/await-job.ts';
import { collector } from '../orchestrations/collector.ts';
import { pipelineRun } from '../orchestrations/pipeline-run.ts';
import { review } from '../orchestrations/review.ts';
import { rollout } from '../orchestrations/rollout.ts';
import { createClients } from '../shared/clients/clients.ts';
import { readConfig, type Config } from '../shared/config.ts';
import { loadPipelines } from '../shared/load-pipelines.ts';
import { cancelRun } from './cancel-run.ts';
import { durablePort } from './durable-client.ts';
import type { Edge } from './edge.ts';
import { health, misconfigured } from './health.ts';
import { answering } from './http-problem.ts';
import { jobResultCreated } from './job-result-created.ts';
import { activityLine } from './log-line.ts';
import { landingBlobCreated } from './landing-blob-created.ts';
import { authorize, type AppRole } from './principal.ts';
import { promoteModel } from './promote-model.ts';
import { getArrivals } from './read-arrivals.ts';
import { getModel, listModels } from './read-models.ts';
import { getRunDocument } from './read-run-document.ts';
import { reviewRun } from './review-run.ts';
import { predict } from './predict.ts';
import { getPipeline, listPipelines } from './read-pipelines.ts';
import { getRun, listRuns } from './read-runs.ts';
import { postRun } from './start-run.ts';
import { sweep } from './sweep.ts';

const authLevel = 'function';
const read = readConfig(process.env);

// A throw here would give a host without functions and one warning, so bad configuration leaves health, which tells.
if ('problems' in read) {
  const { problems } = read;
  app.http('health', { route: 'health', methods: ['GET'], authLevel, handler: () => misconfigured(problems) });
} else {
  compose(read.config);
}

function compose(config: Config): void {
  const clients = createClients(config);
  const edge: Edge = {
    clients,
    folders: config.folders,
    lakeUrl: config.lake.url,
    appUrl: config.appUrl,
    isAuthenticated: config.isAuthenticated,
    pipelines: () => loadPipelines(config.folders.pipelines),
  };
  registerEvents(edge);
  registerRoutes(edge, config);
  registerOrchestrations(edge);
}

function registerEvents(edge: Edge): void {
  df.app.client.eventGrid('landingBlobCreated', {
    handler: (event, client, context) => landingBlobCreated(edge, durablePort(client), event, context),
  });
  df.app.client.eventGrid('jobResultCreated', {
    handler: (event, client, context) => jobResultCreated(durablePort(client), event, context),
  });
  df.app.client.timer('sweep', {
    schedule: '0 * * * * *',
    handler: (_, client, context) => sweep(edge, durablePort(client), context),
  });
}

function registerRoutes(edge: Edge, { topic }: Config): void {
  const { route, durableRoute } = routes(edge);
  const version = 'models/{pipeline}/{version}';
  route('health', 'GET', 'health', 'Reader', () => health(edge, topic.url));
  route('listPipelines', 'GET', 'pipelines', 'Reader', () => listPipelines(edge));
  route('getPipeline', 'GET', 'pipelines/{pipeline}', 'Reader', (request) => getPipeline(edge, request));
  route('predict', 'POST', 'pipelines/{pipeline}/predict', 'Reader', (request) => predict(edge, request));
  route('listModels', 'GET', 'models/{pipeline}', 'Reader', (request) => listModels(edge, request));
  route('getArrivals', 'GET', 'arrivals', 'Reader', (request) => getArrivals(edge, request));
  route('getRunDocument', 'GET', 'runs/{runId}/documents/{document}', 'Reader', (request) =>
    getRunDocument(edge, request),
  );
  durableRoute('getModel', 'GET', version, 'Reader', (request, durable) => getModel(edge, durable, request));
  durableRoute('listRuns', 'GET', 'runs', 'Reader', (request, durable) => listRuns(edge, durable, request));
  durableRoute('getRun', 'GET', 'runs/{runId}', 'Reader', (request, durable) => getRun(edge, durable, request));
  durableRoute('postRun', 'POST', 'pipelines/{pipeline}/runs', 'Operator', (request, durable) =>
    postRun(edge, durable, request),
  );
  durableRoute('cancelRun', 'POST', 'runs/{runId}/cancel', 'Operator', (request, durable) =>
    cancelRun(edge, durable, request),
  );
  durableRoute('promoteModel', 'POST', `${version}/promote`, 'Operator', (request, durable) =>
    promoteModel(edge, durable, request),
  );
  durableRoute('reviewRun', 'POST', 'runs/{runId}/review', 'Reviewer', (request, durable) =>
    reviewRun(edge, durable, request),
  );
}

type Method = 'GET' | 'POST';
type Handle = (request: HttpRequest) => Promise<HttpResponseInit>;
type DurableHandle = (request: HttpRequest, durable: DurablePort) => Promise<HttpResponseInit>;

/** Registers routes: each wants the function key, and where sign-in is on an app role too. */
function routes({ isAuthenticated }: Edge) {
  return {
    route(name: string, method: Method, path: string, role: AppRole, handle: Handle): void {
      const handler = answering((request) => {
        authorize(request, isAuthenticated, role);
        return handle(request);
      });
      app.http(name, { route: path, methods: [method], authLevel, handler });
    },
    durableRoute(name: string, method: Method, path: string, role: AppRole, handle: DurableHandle): void {
      const handler = answering((request, context) => {
        authorize(request, isAuthenticated, role);
        return handle(request, durablePort(df.getClient(context)));
      });
      app.http(name, { route: path, methods: [method], authLevel, extraInputs: [df.input.durableClient()], handler });
    },
  };
}

function registerOrchestrations(edge: Edge): void {
  df.app.orchestration(ORCHESTRATIONS.collector, collector);
  df.app.orchestration(ORCHESTRATIONS.pipelineRun, pipelineRun);
  df.app.orchestration(ORCHESTRATIONS.awaitJob, awaitJob);
  df.app.orchestration(ORCHESTRATIONS.review, review);
  df.app.orchestration(ORCHESTRATIONS.rollout, rollout);
  const { plain, starting } = createActivities(edge);
  for (const [name, activity] of Object.entries(plain)) {
    const act = activity as (input: unknown) => Promise<unknown>;
    df.app.activity(name, { handler: logged(name, act) });
  }
  for (const [name, activity] of Object.entries(starting)) {
    const act = activity as (input: unknown, durable: DurablePort) => Promise<unknown>;
    df.app.activity(name, {
      extraInputs: [df.input.durableClient()],
      handler: logged(name, (input, context) => act(input, durablePort(df.getClient(context)))),
    });
  }
}

/** The same activity, which logs that it was done. */
function logged(name: string, act: (input: unknown, context: InvocationContext) => Promise<unknown>) {
  return async (input: unknown, context: InvocationContext): Promise<unknown> => {
    const output = await act(input, context);
    context.info(activityLine(name, input));
    return output;
  };
}
