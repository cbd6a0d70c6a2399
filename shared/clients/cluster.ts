import https from 'node:https';
import {
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1Pod,
} from '@kubernetes/client-node';
import type { ClusterName } from '../config.ts';
import { KINDS, type ClusterObject, type Kind, type Manifest } from '../manifests/kinds.ts';
import type { ClusterEvent } from '../jobs/event-trouble.ts';
import { NAMESPACE, SPEC_HASH } from '../names.ts';
import type { QuotaUse } from '../quota.ts';
import { absent } from './absent.ts';
import type { NodePool, Wakefulness } from './aks.ts';
import { clusterCondition, clusterQuota, type ClusterCondition } from './cluster-condition.ts';
import type { Connection } from './cluster-connection.ts';
import { asking, PATIENCE } from './cluster-errors.ts';
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
  /** Starts the cluster if it is stopped (unless it is only asked how it is), and says how that goes. */
  wake(options?: { start?: boolean }): Promise<Wakefulness>;
  /** Node pools for work, as the control plane has them; none where it is not known. */
  pools(): Promise<NodePool[]>;
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
  /** Warnings and scheduling news of an object or a pod by its name, oldest first. */
  events(name: string): Promise<ClusterEvent[]>;
  /** Last lines of a container's log; empty when there is none. */
  log(pod: string, container: string, lines: number): Promise<string>;
  /** Sends a request to a pod through the API server's own proxy. */
  ask(pod: string, port: number, request: { method: string; path: string; body?: string }): Promise<PodAnswer>;
  /** What of a kind the identity may not do; empty when all is allowed. */
  refusals(kind: Kind): Promise<string[]>;
  /** Whether a kind is served and its operator works. */
  condition(kind: Kind): Promise<ClusterCondition>;
  /** How much room is left. */
  quota(): Promise<QuotaUse[]>;
}

/** A cluster behind the Kubernetes client. */
export function createCluster(name: ClusterName, connection: Connection): Cluster {
  const ask = <T>(what: string, send: (config: KubeConfig) => Promise<T>, patience = PATIENCE): Promise<T> =>
    asking({ cluster: name, what }, async () => send(await connection.config()), connection.forget, patience);
  const objects = (config: KubeConfig) => config.makeApiClient(CustomObjectsApi);
  const core = (config: KubeConfig) => config.makeApiClient(CoreV1Api);

  return {
    wake: connection.wake,
    pools: connection.pools,
    async create(manifest) {
      const { kind, metadata } = manifest;
      const request = { ...address(kind), body: manifest, fieldManager: FIELD_MANAGER };
      try {
        await ask(`create ${kind} ${metadata.name}`, (config) => objects(config).createNamespacedCustomObject(request));
      } catch (error) {
        if (!isStatus(error, 409)) throw error;
        mustBeOurs(manifest, await this.get(kind, metadata.name));
      }
    },
    async apply(manifest) {
      const { kind, metadata } = manifest;
      const request = {
        ...address(kind),
        name: metadata.name,
        body: manifest,
        fieldManager: FIELD_MANAGER,
        force: true,
      };
      const asApply = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);
      await ask(`apply ${kind} ${metadata.name}`, (config) =>
        objects(config).patchNamespacedCustomObject(request, asApply),
      );
    },
    get: (kind, object) =>
      absent(() =>
        ask(
          `get ${kind} ${object}`,
          async (config) =>
            (await objects(config).getNamespacedCustomObject({ ...address(kind), name: object })) as ClusterObject,
        ),
      ),
    async remove(kind, object) {
      const request = { ...address(kind), name: object, propagationPolicy: 'Background' };
      await absent(() =>
        ask(`delete ${kind} ${object}`, (config) => objects(config).deleteNamespacedCustomObject(request)),
      );
    },
    async names(kind, labelSelector) {
      const list = (await ask(`list ${KINDS[kind].plural}`, (config) =>
        objects(config).listNamespacedCustomObject({ ...address(kind), labelSelector }),
      )) as { items: ClusterObject[] };
      return list.items.map(({ metadata }) => metadata.name);
    },
    pods: async (labelSelector) =>
      (await ask('list pods', (config) => core(config).listNamespacedPod({ namespace: NAMESPACE, labelSelector })))
        .items,
    async events(object) {
      const request = { namespace: NAMESPACE, fieldSelector: `involvedObject.name=${object}` };
      const { items } = await ask('list events', (config) => core(config).listNamespacedEvent(request));
      const at = (event: (typeof items)[number]) => +(event.lastTimestamp ?? event.eventTime ?? 0);
      return items.sort((a, b) => at(a) - at(b)).map(({ reason = '', message = '' }) => ({ reason, message }));
    },
    async log(pod, container, tailLines) {
      const request = { namespace: NAMESPACE, name: pod, container, tailLines };
      const found = await absent(
        () => ask(`read the log of ${pod}`, (config) => core(config).readNamespacedPodLog(request)),
        // 400: the container has not started, so there is no log yet.
        400,
        404,
      );
      return found ?? '';
    },
    // A predictor may be slow: whoever asks decides about asking again.
    ask: (pod, port, request) =>
      ask(`ask ${pod}`, (config) => throughProxy(config, pod, port, request), { ...PATIENCE, attempts: 1 }),
    condition: (kind) => clusterCondition(ask, kind),
    quota: () => clusterQuota(ask),
    async refusals(kind) {
      const wanted = rights(kind);
      const answers = await Promise.all(
        wanted.map((right) =>
          ask('review access', (config) =>
            config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body: accessReview(right) }),
          ),
        ),
      );
      return wanted
        .filter((_, index) => answers[index]?.status?.allowed !== true)
        .map(({ verb, group, resource, subresource }) => {
          const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
          return `${verb} ${whole}${group && `.${group}`}`;
        });
    },
  };
}

/** Something that our Role must grant. */
interface Right {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
}

/** Everything that this client asks a cluster for on behalf of a kind. */
function rights(kind: Kind): Right[] {
  const { group, plural } = KINDS[kind];
  const own = ['get', 'list', 'create', 'patch', 'delete'].map((verb) => ({ verb, group, resource: plural }));
  return [
    ...own,
    { verb: 'list', group: '', resource: 'pods' },
    { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
    { verb: 'list', group: '', resource: 'events' },
    { verb: 'list', group: '', resource: 'resourcequotas' },
    ...(kind === 'InferenceService' ? [{ verb: 'create', group: '', resource: 'pods', subresource: 'proxy' }] : []),
  ];
}

function accessReview(right: Right) {
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace: NAMESPACE, ...right } },
  };
}

function address(kind: Kind) {
  const { group, version, plural } = KINDS[kind];
  return { group, version, plural, namespace: NAMESPACE };
}

function mustBeOurs({ kind, metadata }: Manifest, found: ClusterObject | undefined): void {
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
