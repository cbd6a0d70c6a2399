import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { hostOf, type TrafficTarget } from './kserve.ts';
import type { KubeObject } from './kube.ts';

interface Backend {
  percent: number;
  port: number;
}

/** The ingress of the serving cluster: by Host header to a service, split over its revisions. */
export interface Gateway {
  route(isvc: KubeObject, traffic: TrafficTarget[], pods: KubeObject[]): void;
  forget(isvc: KubeObject): void;
  close(): Promise<void>;
}

/** Starts the gateway. `draw` gives numbers from 0 to 1, by which requests are split. */
export async function startGateway(port: number, draw = Math.random): Promise<Gateway> {
  const routes = new Map<string, Backend[]>();
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? '').split(':')[0] ?? '';
    const backend = pick(routes.get(host) ?? [], draw());
    if (!backend) return void response.writeHead(404).end(`no route to ${host}`);
    pass(request, response, backend.port);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    route(isvc, traffic, pods) {
      const host = hostOf(isvc);
      for (const known of [...routes.keys()].filter((name) => name === host || name.endsWith(`-${host}`)))
        routes.delete(known);
      routes.set(
        host,
        traffic.flatMap(({ revisionName, percent }) => backendOf(pods, revisionName, percent)),
      );
      for (const { revisionName, tag, latestRevision } of traffic) {
        routes.set(`${tag ?? (latestRevision ? 'latest' : revisionName)}-${host}`, backendOf(pods, revisionName, 100));
      }
    },
    forget: (isvc) => void routes.delete(hostOf(isvc)),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The backend that a draw from 0 to 1 falls on; those that get no traffic are never picked. */
export function pick(backends: Backend[], draw: number): Backend | undefined {
  const total = backends.reduce((sum, { percent }) => sum + percent, 0);
  let left = draw * total;
  return backends.find(({ percent }) => percent > 0 && (left -= percent) < 0);
}

function backendOf(pods: KubeObject[], revision: string, percent: number): Backend[] {
  const pod = pods.find(({ metadata }) => metadata.labels?.['serving.knative.dev/revision'] === revision);
  const port = pod?.spec.containers[0]?.ports?.[0]?.containerPort as number | undefined;
  return port === undefined ? [] : [{ percent, port }];
}

function pass(request: IncomingMessage, response: ServerResponse, port: number): void {
  const onward = forward(
    { host: '127.0.0.1', port, method: request.method, path: request.url, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', (error) => {
    if (!response.headersSent) response.writeHead(503);
    response.end(`the revision does not answer: ${error.message}`);
  });
  request.pipe(onward);
}
