import type { RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import {
  ApiException,
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
import { readTail, type LogTail } from '../jobs/log-tail.ts';
import { NAMESPACE, SPEC_HASH } from '../names.ts';
import type { QuotaUse } from '../quota.ts';
import { absent } from './absent.ts';
import type { NodePool, Wakefulness } from './aks.ts';
import { clusterCondition, clusterQuota, type ClusterCondition } from './cluster-condition.ts';
import type { Connection } from './cluster-connection.ts';
import { asking, PATIENCE, type Patience } from './cluster-errors.ts';
import { isStatus } from './is-status.ts';
import { exchange, open, type Answer } from './request.ts';

/** Field manager of what we apply. https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
const FIELD_MANAGER = 'landfall';

/** How much of a pod's log is kept in memory, beside the number of lines. */
const LOG_LIMITS = { bytes: 1024 * 1024, lineBytes: 4 * 1024 };
/** A log may take longer than other answers, as long as it goes on. */
const LOG_PATIENCE = { ...PATIENCE, deadlineMs: 300_000 };
const SILENCE_MS = 30_000;

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
  /** Last lines of a container's log, which may be of any length; none when there is none. */
  log(pod: string, container: string, lines: number): Promise<LogTail>;
  /** Sends a request to a pod through the API server's own proxy. */
  ask(pod: string, port: number, request: { method: string; path: string; body?: string }): Promise<Answer>;
  /** What of a kind the identity may not do; empty when all is allowed. */
  refusals(kind: Kind): Promise<string[]>;
  /** Whether a kind is served and its operator works. */
  condition(kind: Kind): Promise<ClusterCondition>;
  /** How much room is left. */
  quota(): Promise<QuotaUse[]>;
}

/** A cluster behind the Kubernetes client. */
export function createCluster(name: ClusterName, connection: Connection, usual = PATIENCE): Cluster {
  const ask: Ask = (what, send, patience = usual) =>
    asking(
      { cluster: name, what },
      async (signal) => send(endingWith(signal, await connection.config()), signal),
      connection.forget,
      patience,
    );
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
    async log(pod, container, lines) {
      const found = await absent(
        () =>
          ask(
            `read the log of ${pod}`,
            // One more tells whether there are more.
            async (config, signal) =>
              readTail(await logOf(config, { pod, container, lines: lines + 1 }, signal), { lines, ...LOG_LIMITS }),
            LOG_PATIENCE,
          ),
        // 400: the container has not started, so there is no log yet.
        400,
        404,
      );
      return found ?? { lines: [], isShortened: false };
    },
    // A predictor may be slow: whoever asks decides about asking again.
    ask: (pod, port, request) =>
      ask(`ask ${pod}`, (config, signal) => throughProxy(config, `${pod}:${port}`, request, signal), {
        ...usual,
        attempts: 1,
      }),
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

type Ask = <T>(
  what: string,
  send: (config: KubeConfig, signal: AbortSignal) => Promise<T>,
  patience?: Patience,
) => Promise<T>;

/** The same connection, whose requests end when the signal says so: the generated methods take none themselves. */
function endingWith(signal: AbortSignal, config: KubeConfig): KubeConfig {
  const bound = Object.create(config) as KubeConfig;
  bound.applySecurityAuthentication = async (context) => {
    await config.applySecurityAuthentication(context);
    context.setSignal(signal);
  };
  return bound;
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
    const message = `${kind} ${metadata.name} is there already and is not ours: its ${SPEC_HASH} is not ${wanted}`;
    throw Object.assign(new Error(message), { code: 409 });
  }
}

/**
 * The generated proxy methods take no body (client-node 2.0.1), so the request is made by hand with the
 * credentials of the kubeconfig.
 */
async function throughProxy(
  config: KubeConfig,
  podAndPort: string,
  { method, path, body }: { method: string; path: string; body?: string },
  signal: AbortSignal,
): Promise<Answer> {
  return exchange({ ...(await byHand(config, `${podAndPort}/proxy${path}`, { method, signal })), body });
}

/** The generated method would wait for the whole log and hold it in memory. */
async function logOf(
  config: KubeConfig,
  { pod, container, lines }: { pod: string; container: string; lines: number },
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const query = new URLSearchParams({ container, tailLines: String(lines) });
  const response = await open(await byHand(config, `${pod}/log?${query}`, { signal, timeout: SILENCE_MS }));
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) throw new ApiException(statusCode, 'no log', await text(response), { ...headers } as never);
  return response;
}

/** A request to a path below our pods, with the credentials of the kubeconfig. */
async function byHand(config: KubeConfig, path: string, options: RequestOptions) {
  const target = new URL(`${config.getCurrentCluster()?.server}/api/v1/namespaces/${NAMESPACE}/pods/${path}`);
  await config.applyToHTTPSOptions(options);
  return { target, options };
}
