import http, { type IncomingMessage, type RequestOptions, type ServerResponse } from 'node:http';
import https from 'node:https';
import { pipeline, type Readable, type Writable } from 'node:stream';
import { at, type JsonObject, type KubeObject } from './kube-object.ts';
import type { RequestInfo } from './request.ts';
import { badRequest, cause, internalError, invalid, notFound, StatusError, unsupported } from './status-error.ts';
import type { Store } from './store.ts';

/** How the server shows itself to kubelets, and whom it trusts. */
export interface KubeletAccess {
  token: string;
  ca: string;
}

// The real server, too, says that the pod was not found where it means the node.
const PODS = { kind: 'Pod', group: '', plural: 'pods' };
const listOf = (object: KubeObject, ...path: string[]) => (at(object, ...path) ?? []) as JsonObject[];

/** Streams a container's log from the kubelet of the pod's node. */
export async function podLog(
  store: Store,
  pod: KubeObject,
  query: URLSearchParams,
  kubelet: KubeletAccess,
  response: ServerResponse,
): Promise<void> {
  const container = chooseContainer(pod, query);
  const nodeName = at(pod, 'spec', 'nodeName');
  if (!nodeName) return void response.writeHead(204).end();
  const node = store.get('/nodes', undefined, String(nodeName));
  if (!node) throw notFound(PODS, String(nodeName));
  const address = listOf(node, 'status', 'addresses').find(({ type }) => type === 'InternalIP')?.['address'];
  const port = at(node, 'status', 'daemonEndpoints', 'kubeletEndpoint', 'Port');
  const { namespace = '', name } = pod.metadata;
  const path = `/containerLogs/${namespace}/${name}/${container}?${logQuery(query)}`;
  const options = {
    host: String(address),
    port: Number(port),
    path,
    ca: kubelet.ca,
    headers: { authorization: `Bearer ${kubelet.token}` },
  };
  const answer = await exchange(https, options).catch((error: unknown) => {
    throw internalError(`Get "https://${String(address)}:${String(port)}${path}": ${String(error)}`);
  });
  response.writeHead(answer.statusCode ?? 500, { 'content-type': 'text/plain' });
  relay(answer, response);
}

const LOG_PARAMETERS = ['follow', 'previous', 'sinceSeconds', 'sinceTime', 'timestamps', 'tailLines', 'limitBytes'];

function logQuery(query: URLSearchParams): string {
  return new URLSearchParams([...query].filter(([name]) => LOG_PARAMETERS.includes(name))).toString();
}

function chooseContainer(pod: KubeObject, query: URLSearchParams): string {
  for (const field of ['tailLines', 'limitBytes', 'sinceSeconds']) {
    const value = Number(query.get(field) ?? 0);
    if (value < 0)
      throw invalid({ kind: 'PodLogOptions', group: '' }, pod.metadata.name, [
        cause.invalid(field, value, 'must be greater than or equal to 0'),
      ]);
  }
  const names = [...listOf(pod, 'spec', 'containers'), ...listOf(pod, 'spec', 'initContainers')].map(({ name }) =>
    String(name),
  );
  const asked = query.get('container') ?? pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (asked && !names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
  if (!asked && names.length > 1)
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  return asked ?? names[0] ?? '';
}

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'authorization',
  'host',
];

/** Passes a request on to a port of a pod. Unlike the real server, also to loopback addresses: here pods are processes of this machine. */
export async function podProxy(
  pod: KubeObject,
  info: RequestInfo,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers.upgrade) throw unsupported(`upgrading a proxied connection to ${request.headers.upgrade}`);
  const [scheme, port] = addressOf(info.name ?? '', pod);
  const host = at(pod, 'status', 'podIP');
  if (typeof host !== 'string' || !port) throw badRequest('address not allowed');
  const passed = Object.entries(request.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
  const headers = { ...Object.fromEntries(passed), 'x-forwarded-uri': info.path, host: `${host}:${port}` };
  const path = `/${info.path.split('/proxy/')[1] ?? ''}${info.query.size ? `?${info.query.toString()}` : ''}`;
  const options = { host, port, path, method: request.method ?? 'GET', headers, rejectUnauthorized: false };
  const answer = await exchange(scheme === 'https' ? https : http, options, request).catch((error: unknown) => {
    throw new StatusError(503, 'ServiceUnavailable', `error trying to reach service: ${String(error)}`);
  });
  const returned = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
  response.writeHead(answer.statusCode ?? 502, Object.fromEntries(returned));
  relay(answer, response);
}

/** Reads `[https:]name[:port]`; without a port it is the first that the pod declares. */
function addressOf(text: string, pod: KubeObject): [scheme: string, port: number] {
  const parts = text.split(':');
  const [scheme, port] = parts.length === 3 ? [parts[0] ?? '', parts[2]] : ['http', parts[1]];
  const ports = listOf(pod, 'spec', 'containers').flatMap((container) => (container['ports'] ?? []) as JsonObject[]);
  const named = ports.find(({ name }) => port && name === port) ?? (port ? undefined : ports[0]);
  return [scheme, Number(named?.['containerPort'] ?? port ?? 80)];
}

/** The pod's name in `[https:]name[:port]`. */
export const podNameOf = (text: string) => {
  const parts = text.split(':');
  return (parts.length === 3 ? parts[1] : parts[0]) ?? '';
};

/** Passes a stream on; where one side breaks off, the other is told by being destroyed. */
function relay(from: Readable, to: Writable): void {
  pipeline(from, to, (error) => error && to.destroy());
}

function exchange(
  protocol: typeof http | typeof https,
  options: RequestOptions & { ca?: string },
  body?: IncomingMessage,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = protocol.request(options, resolve);
    outgoing.on('error', reject);
    if (!body) return void outgoing.end();
    relay(body, outgoing);
  });
}
