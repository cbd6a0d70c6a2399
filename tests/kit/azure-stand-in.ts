import { createServer } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Certificates } from '../../local/tls.ts';

/** A cluster as Azure Resource Manager has it. */
export interface ManagedCluster {
  power: 'Running' | 'Stopped';
  provisioning: string;
  /** Content of the kubeconfig that users get; its user is a plugin that nobody has. */
  kubeconfig: () => string;
  pools: { name: string; mode: string; count: number; maxCount?: number; provisioningState: string }[];
}

export interface AzureOptions {
  tls: Certificates;
  /** Token of the AKS server application, which API servers take. */
  aksToken: () => string;
  /** Clusters by name. */
  clusters: Record<string, ManagedCluster>;
  /** How long tokens live, in seconds. */
  tokenSeconds?: number;
}

/** Azure's control plane and its identity endpoint, as far as an app with a managed identity asks them. */
export interface AzureStandIn {
  url: string;
  /** Environment of an app that runs there. */
  env: Record<string, string>;
  requests: string[];
  /** Answers the next requests whose path matches with this status, once each. */
  fail(path: RegExp, status: number, times?: number): void;
  /** Fails nothing any more. */
  recover(): void;
  close(): Promise<void>;
}

const SECRET = 'identity-header';
const CLIENT_ID = '11111111-1111-1111-1111-111111111111';
const ARM_TOKEN = 'token-for-arm';

/** The resource id of a cluster of the stand-in. */
export function clusterId(name: string): string {
  return `/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/landfall/providers/Microsoft.ContainerService/managedClusters/${name}`;
}

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/**
 * Starts it over https. Shapes: https://learn.microsoft.com/rest/api/aks/managed-clusters and
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export async function startAzure(options: AzureOptions): Promise<AzureStandIn> {
  const requests: string[] = [];
  let failures: { path: RegExp; status: number; times: number }[] = [];
  const server = createServer({ key: options.tls.key, cert: options.tls.cert }, (request, response) => {
    const path = request.url ?? '';
    requests.push(`${request.method} ${path.split('?')[0]}`);
    const failure = failures.find((one) => one.path.test(path));
    if (failure && --failure.times === 0) failures = failures.filter((one) => one !== failure);
    const {
      status = 200,
      headers = {},
      body,
    } = failure
      ? { status: failure.status, headers: { 'retry-after': '0' }, body: { error: { code: 'X', message: 'as told' } } }
      : answer(options, request, new URL(path, url));
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    env: {
      ARM_URL: url,
      IDENTITY_ENDPOINT: `${url}/msi/token`,
      IDENTITY_HEADER: SECRET,
      AZURE_CLIENT_ID: CLIENT_ID,
      AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
    },
    requests,
    fail: (path, status, times = 1) => void failures.push({ path, status, times }),
    recover: () => void (failures = []),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(options: AzureOptions, request: IncomingMessage, url: URL): Reply {
  if (url.pathname === '/msi/token') return token(options, request, url);
  if (request.headers.authorization !== `Bearer ${ARM_TOKEN}`) {
    return { status: 401, body: { error: { code: 'AuthenticationFailed', message: 'no valid token' } } };
  }
  const [, name = '', action = ''] = /\/managedClusters\/([^/]+)(?:\/(\w+))?/.exec(url.pathname) ?? [];
  const cluster = options.clusters[name];
  if (!cluster) return { status: 404, body: { error: { code: 'ResourceNotFound', message: `there is no ${name}` } } };
  switch (`${request.method} ${action}`) {
    case 'GET ':
      return { body: shown(name, cluster) };
    case 'POST start':
      return started(cluster, url);
    case 'POST listClusterUserCredential':
      return {
        body: { kubeconfigs: [{ name: 'clusterUser', value: Buffer.from(cluster.kubeconfig()).toString('base64') }] },
      };
    case 'GET agentPools':
      return { body: { value: cluster.pools.map(({ name: pool, ...properties }) => ({ name: pool, properties })) } };
    default:
      return { status: 404 };
  }
}

function token({ aksToken, tokenSeconds = 3_600 }: AzureOptions, request: IncomingMessage, url: URL): Reply {
  if (request.headers['x-identity-header'] !== SECRET || url.searchParams.get('client_id') !== CLIENT_ID) {
    return { status: 400, body: { error: 'invalid_request', error_description: 'not this identity' } };
  }
  const resource = url.searchParams.get('resource') ?? '';
  const isAks = resource === '6dae42f8-4368-4678-94ff-3960e28e3630';
  const expires_on = String(Math.floor(Date.now() / 1_000) + tokenSeconds);
  return { body: { access_token: isAks ? aksToken() : ARM_TOKEN, expires_on, resource, token_type: 'Bearer' } };
}

function shown(name: string, cluster: ManagedCluster): unknown {
  const { power: code, provisioning: provisioningState } = cluster;
  return { id: clusterId(name), name, location: 'westeurope', properties: { powerState: { code }, provisioningState } };
}

function started(cluster: ManagedCluster, url: URL): Reply {
  if (cluster.provisioning === 'Starting') {
    return {
      status: 409,
      body: { error: { code: 'OperationNotAllowed', message: 'another operation is in progress' } },
    };
  }
  cluster.provisioning = 'Starting';
  return { status: 202, headers: { location: `${url.origin}${url.pathname}/operation` } };
}
