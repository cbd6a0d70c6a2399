import { once } from 'node:events';
import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A revision that takes a share of a host's requests; without ready pods it has no ports. */
export interface Backend {
  percent: number;
  ports: number[];
}

/** The ingress of the serving cluster: by Host header to a service, split over its revisions. */
export interface Gateway {
  url: string;
  /** Sets what the hosts of a service lead to. */
  route(service: string, hosts: Map<string, Backend[]>): void;
  close(): Promise<void>;
}

/** Starts the gateway. `draw` gives numbers from 0 to 1, by which requests are split. */
export async function startGateway(port: number, draw = Math.random): Promise<Gateway> {
  const services = new Map<string, Map<string, Backend[]>>();
  // A connection kept for later may meet a pod that has just closed it.
  const agent = new Agent({ keepAlive: false });
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const backends = [...services.values()].find((hosts) => hosts.has(host))?.get(host);
    if (!backends) return void response.writeHead(404).end(`there is no route to ${host}\n`);
    const { ports = [] } = pickBackend(backends, draw()) ?? {};
    const target = ports[Math.floor(draw() * ports.length)];
    if (target === undefined) return void response.writeHead(503).end(`no pod of ${host} is ready\n`);
    pass(request, response, { port: target, agent });
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    route: (service, hosts) => void services.set(service, hosts),
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The backend that a draw from 0 to 1 falls on; one with no share is never picked. */
export function pickBackend(backends: Backend[], draw: number): Backend | undefined {
  let left = draw * backends.reduce((sum, { percent }) => sum + percent, 0);
  return backends.find(({ percent }) => percent > 0 && (left -= percent) < 0);
}

function pass(request: IncomingMessage, response: ServerResponse, target: { port: number; agent: Agent }): void {
  const { method, url: path, headers } = request;
  const onward = forward({ host: '127.0.0.1', ...target, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', (error) => {
    if (!response.headersSent) response.writeHead(503);
    response.end(`the revision does not answer: ${error.message}\n`);
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
