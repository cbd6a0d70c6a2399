import https from 'node:https';
import {
  ApiException,
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
} from '@kubernetes/client-node';
import type { ClusterConnection } from '../config.ts';
import { KINDS, type ClusterObject, type Kind, type Manifest } from '../manifests/kinds.ts';
import { NAMESPACE, SPEC_HASH } from '../names.ts';
import { absent } from './absent.ts';
import { isStatus } from './is-status.ts';

/** Field manager of what we apply. https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
const FIELD_MANAGER = 'landfall';

export interface PodAnswer {
  status: number;
  contentType: string;
  body: string;
}

/** One Kubernetes cluster, as far as a run touches it. */
export interface Cluster {
  /** Creates an object; one that is there already is fine when it is ours, and an error when it is not. */
  create(manifest: Manifest): Promise<void>;
  /** Makes or changes an object by server-side apply. */
  apply(manifest: Manifest): Promise<void>;
  get(kind: Kind, name: string): Promise<ClusterObject | undefined>;
  /** Deletes an object and what it owns; nothing to delete is fine. */
  remove(kind: Kind, name: string): Promise<void>;
  /** Names of the objects that carry labels (`a=b,c=d`). */
  names(kind: Kind, labels: string): Promise<string[]>;
  pods(labels: string): Promise<V1Pod[]>;
  /** Last lines of a container's log; empty when there is none. */
  log(pod: string, container: string, lines: number): Promise<string>;
  /** Sends a request to a pod through the API server's own proxy. */
  ask(pod: string, port: number, request: { method: string; path: string; body?: string }): Promise<PodAnswer>;
  /** What of a kind the identity may not do; empty when all is allowed. */
  refusals(kind: Kind): Promise<string[]>;
}

/** A cluster reached through a context of a kubeconfig file. */
export function createCluster({ kubeconfig, context }: ClusterConnection): Cluster {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (!config.getContextObject(context)) throw new Error(`${kubeconfig} has no context ${context}`);
  config.setCurrentContext(context);
  const objects = config.makeApiClient(CustomObjectsApi);
  const core = config.makeApiClient(CoreV1Api);
  const address = (kind: Kind) => ({
    group: KINDS[kind].group,
    version: KINDS[kind].version,
    plural: KINDS[kind].plural,
    namespace: NAMESPACE,
  });
  const cluster: Cluster = {
    async create(manifest) {
      try {
        await objects.createNamespacedCustomObject({
          ...address(manifest.kind),
          body: manifest,
          fieldManager: FIELD_MANAGER,
        });
      } catch (error) {
        if (!isStatus(error, 409)) throw error;
        await mustBeOurs(cluster, manifest);
      }
    },
    async apply(manifest) {
      await objects.patchNamespacedCustomObject(
        {
          ...address(manifest.kind),
          name: manifest.metadata.name,
          body: manifest,
          fieldManager: FIELD_MANAGER,
          force: true,
        },
        setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
      );
    },
    get: (kind, name) =>
      absent(async () => (await objects.getNamespacedCustomObject({ ...address(kind), name })) as ClusterObject),
    async remove(kind, name) {
      await absent(() =>
        objects.deleteNamespacedCustomObject({ ...address(kind), name, propagationPolicy: 'Background' }),
      );
    },
    async names(kind, labelSelector) {
      const list = (await objects.listNamespacedCustomObject({ ...address(kind), labelSelector })) as {
        items: ClusterObject[];
      };
      return list.items.map(({ metadata }) => metadata.name);
    },
    pods: async (labelSelector) => (await core.listNamespacedPod({ namespace: NAMESPACE, labelSelector })).items,
    async log(name, container, tailLines) {
      // 400: the container has not started, so there is no log yet.
      return (
        (await absent(
          () => core.readNamespacedPodLog({ namespace: NAMESPACE, name, container, tailLines }),
          400,
          404,
        )) ?? ''
      );
    },
    ask: (pod, port, request) => throughProxy(config, pod, port, request),
    async refusals(kind) {
      const { group, plural } = KINDS[kind];
      const review = config.makeApiClient(AuthorizationV1Api);
      const verbs = ['get', 'list', 'create', 'patch', 'delete'];
      const answers = await Promise.all(
        verbs.map((verb) =>
          review.createSelfSubjectAccessReview({
            body: {
              apiVersion: 'authorization.k8s.io/v1',
              kind: 'SelfSubjectAccessReview',
              spec: { resourceAttributes: { namespace: NAMESPACE, verb, group, resource: plural } },
            },
          }),
        ),
      );
      return verbs
        .filter((_, index) => answers[index]?.status?.allowed !== true)
        .map((verb) => `${verb} ${plural}.${group}`);
    },
  };
  return explaining(cluster);
}

/** The same cluster, whose errors say what the API server said instead of the client's dump of the whole answer. */
function explaining(cluster: Cluster): Cluster {
  const explain = (error: unknown): never => {
    if (!(error instanceof ApiException)) throw error;
    const said = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(String(error.body))?.[1];
    throw Object.assign(new Error(said ?? `the API server answered ${error.code}`), { code: error.code });
  };
  return Object.fromEntries(
    Object.entries(cluster).map(([name, call]) => [
      name,
      (...args: never[]) => (call as (...args: never[]) => Promise<unknown>)(...args).catch(explain),
    ]),
  ) as unknown as Cluster;
}

async function mustBeOurs(cluster: Cluster, { kind, metadata }: Manifest): Promise<void> {
  const found = await cluster.get(kind, metadata.name);
  const wanted = metadata.annotations?.[SPEC_HASH];
  if (found && found.metadata.annotations?.[SPEC_HASH] !== wanted) {
    throw new Error(`${kind} ${metadata.name} is there already and is not ours: its ${SPEC_HASH} is not ${wanted}`);
  }
}

/**
 * The generated proxy methods take no body (client-node 2.0.1), so the request is made by hand with the
 * credentials of the kubeconfig.
 */
async function throughProxy(
  config: KubeConfig,
  pod: string,
  port: number,
  { method, path, body }: { method: string; path: string; body?: string },
): Promise<PodAnswer> {
  const target = new URL(
    `${config.getCurrentCluster()?.server}/api/v1/namespaces/${NAMESPACE}/pods/${pod}:${port}/proxy${path}`,
  );
  const options: https.RequestOptions = {
    method,
    timeout: 30_000,
    headers:
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const request = https.request(target, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? 'application/octet-stream',
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('timeout', () => request.destroy(new Error(`${pod} did not answer within 30 s`)));
    request.on('error', reject);
    request.end(body);
  });
}
