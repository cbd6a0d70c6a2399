import { createHash } from 'node:crypto';
import { ownedBy, writeStatus, type Kind, type Reconcile } from './controller.ts';
import { kubeTime, podsPath, type Kube, type KubeObject } from './kube.ts';
import { NODE } from './kubelet.ts';
import { freePort } from './training-operator.ts';

/** The kind that KServe looks after. */
export const ISVC: Kind = {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  plural: 'inferenceservices',
};

export interface TrafficTarget {
  revisionName: string;
  percent: number;
  latestRevision: boolean;
  tag?: string;
}

/** What KServe knows of a service's revisions. */
export interface Revisions {
  created?: string;
  ready?: string;
  rolledOut?: string;
  previous?: string;
}

const REVISION = 'serving.knative.dev/revision';
const SPEC_HASH = 'landfall.dev/revision-spec';

/** Acts as KServe in Knative mode does: a revision for each change of the predictor, one pod a revision. */
export function kserve(
  kube: Kube,
  route: (isvc: KubeObject, traffic: TrafficTarget[], pods: KubeObject[]) => void,
): Reconcile {
  return async (isvc, pods) => {
    if (isvc.metadata.annotations?.['serving.kserve.io/deploymentMode'] !== 'Knative') {
      return fail(
        kube,
        isvc,
        'Only the deployment mode Knative is supported here: set the annotation serving.kserve.io/deploymentMode.',
      );
    }
    const known = (isvc.status?.components?.predictor ?? {}) as Record<string, string | undefined>;
    const hash = specHash(isvc);
    const latest = pods.find((pod) => pod.metadata.labels?.[REVISION] === known.latestCreatedRevision);
    let created = known.latestCreatedRevision;
    if (!latest || latest.metadata.annotations?.[SPEC_HASH] !== hash) {
      const existing = pods.find(
        (pod) =>
          pod.metadata.annotations?.[SPEC_HASH] === hash && !pod.metadata.deletionTimestamp && newer(pod, created),
      );
      created = existing?.metadata.labels?.[REVISION] ?? nextRevision(isvc, pods, created);
      if (!existing) await kube.ensure(podsPath(isvc.metadata.namespace ?? ''), await revisionPod(isvc, created, hash));
    }
    const ready = isReady(podOf(pods, created)) ? created : known.latestReadyRevision;
    const { revisions, traffic } = shareTraffic(
      strip({ created, ready, rolledOut: known.latestRolledoutRevision, previous: known.previousRolledoutRevision }),
      isvc.spec.predictor.canaryTrafficPercent,
    );
    route(isvc, traffic, pods);
    await writeStatus(kube, ISVC, isvc, statusOf(isvc, revisions, traffic, podOf(pods, created)));
    await dropIdle(kube, pods, revisions, traffic);
  };
}

/**
 * Where the traffic goes (KServe's ksvc_reconciler): all of it to the latest ready revision, or with a canary that share
 * to it and the rest to the revision that was last rolled out. A first deployment knows no canary.
 */
export function shareTraffic(
  revisions: Revisions,
  canary: number | undefined,
): { revisions: Revisions; traffic: TrafficTarget[] } {
  const { created, ready, rolledOut } = revisions;
  if (ready === undefined) return { revisions, traffic: [] };
  if (canary !== undefined && canary < 100 && rolledOut !== undefined && rolledOut !== created) {
    const stable: TrafficTarget = {
      revisionName: rolledOut,
      percent: 100 - canary,
      latestRevision: false,
      tag: 'prev',
    };
    if (ready !== created) return { revisions, traffic: [{ ...stable, percent: 100 }] };
    return { revisions, traffic: [{ revisionName: ready, percent: canary, latestRevision: true }, stable] };
  }
  const all: TrafficTarget[] = [{ revisionName: ready, percent: 100, latestRevision: true }];
  if (ready !== created || rolledOut === ready) return { revisions, traffic: all };
  return {
    revisions: { ...revisions, rolledOut: ready, ...(rolledOut !== undefined && { previous: rolledOut }) },
    traffic: all,
  };
}

/** The host under which a service is reached through the gateway. */
export function hostOf({ metadata }: KubeObject): string {
  return `${metadata.name}-${metadata.namespace}.example.com`;
}

function statusOf(
  isvc: KubeObject,
  revisions: Revisions,
  traffic: TrafficTarget[],
  pod: KubeObject | undefined,
): Record<string, unknown> {
  const { created, ready, rolledOut, previous } = revisions;
  const current = ready !== undefined && ready === created;
  const trouble = troubleOf(pod);
  const held = (type: string, status: boolean) => {
    const before = isvc.status?.conditions?.find((condition: { type: string }) => condition.type === type);
    const value = status ? 'True' : 'False';
    return {
      type,
      status: value,
      lastTransitionTime: before?.status === value ? before.lastTransitionTime : kubeTime(),
    };
  };
  return {
    ...(ready !== undefined && { url: `http://${hostOf(isvc)}` }),
    deploymentMode: 'Knative',
    conditions: [
      held('IngressReady', ready !== undefined),
      held('LatestDeploymentReady', current),
      held('PredictorReady', current),
      held('Ready', current),
    ],
    components: {
      predictor: strip({
        latestCreatedRevision: created,
        latestReadyRevision: ready,
        latestRolledoutRevision: rolledOut,
        previousRolledoutRevision: previous,
        traffic,
      }),
    },
    modelStatus: {
      transitionStatus: current ? 'UpToDate' : trouble ? 'BlockedByFailedLoad' : 'InProgress',
      states: strip({
        activeModelState: ready ? 'Loaded' : undefined,
        targetModelState: current ? 'Loaded' : trouble ? 'FailedToLoad' : 'Pending',
      }),
      copies: { totalCopies: current ? 1 : 0, failedCopies: trouble ? 1 : 0 },
      ...(trouble && { lastFailureInfo: { reason: 'ModelLoadFailed', message: trouble, modelRevisionName: created } }),
    },
  };
}

function troubleOf(pod: KubeObject | undefined): string | undefined {
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
  return ['CrashLoopBackOff', 'ImagePullBackOff'].includes(waiting?.reason)
    ? `${waiting.reason}: ${waiting.message}`
    : undefined;
}

/** A revision without traffic that is not the latest gives its pod up. */
async function dropIdle(
  kube: Kube,
  pods: KubeObject[],
  { created }: Revisions,
  traffic: TrafficTarget[],
): Promise<void> {
  const used = new Set([created, ...traffic.map(({ revisionName }) => revisionName)]);
  for (const { metadata } of pods) {
    if (used.has(metadata.labels?.[REVISION]) || metadata.deletionTimestamp) continue;
    await kube.remove(`${podsPath(metadata.namespace ?? '')}/${metadata.name}`);
  }
}

async function revisionPod(isvc: KubeObject, revision: string, hash: string): Promise<KubeObject> {
  const { predictor } = isvc.spec;
  const port = await freePort();
  const [container] = predictor.containers;
  const knative = {
    PORT: String(port),
    K_REVISION: revision,
    K_SERVICE: `${isvc.metadata.name}-predictor`,
    K_CONFIGURATION: `${isvc.metadata.name}-predictor`,
  };
  const probe = container.readinessProbe?.httpGet?.path ?? '/v2/health/ready';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${revision}-deployment-${hash.slice(0, 10)}`,
      ...(isvc.metadata.namespace !== undefined && { namespace: isvc.metadata.namespace }),
      labels: {
        ...predictor.labels,
        [REVISION]: revision,
        'serving.kserve.io/inferenceservice': isvc.metadata.name,
        component: 'predictor',
      },
      annotations: { [SPEC_HASH]: hash },
      ownerReferences: ownedBy(ISVC, isvc),
    },
    spec: {
      nodeName: NODE,
      // All pods share this machine's loopback, so each has a port of its own.
      hostNetwork: true,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 5,
      serviceAccountName: predictor.serviceAccountName,
      containers: [
        {
          ...container,
          name: container.name ?? 'kserve-container',
          env: [...(container.env ?? []), ...Object.entries(knative).map(([name, value]) => ({ name, value }))],
          ports: [{ containerPort: port, protocol: 'TCP' }],
          readinessProbe: { httpGet: { path: probe, port } },
        },
      ],
    },
  };
}

/** Traffic is no part of a revision. */
function specHash({ spec }: KubeObject): string {
  const { canaryTrafficPercent: _canary, ...predictor } = spec.predictor;
  return createHash('sha256').update(JSON.stringify(predictor)).digest('hex');
}

function nextRevision({ metadata }: KubeObject, pods: KubeObject[], created: string | undefined): string {
  const numbers = [created, ...pods.map((pod) => pod.metadata.labels?.[REVISION])].map((name) =>
    Number(name?.slice(-5) ?? 0),
  );
  return `${metadata.name}-predictor-${String(Math.max(0, ...numbers) + 1).padStart(5, '0')}`;
}

/** A pod of a later revision: the status was not yet written when the platform ended. */
function newer({ metadata }: KubeObject, created: string | undefined): boolean {
  return (metadata.labels?.[REVISION] ?? '') > (created ?? '');
}

function podOf(pods: KubeObject[], revision: string | undefined): KubeObject | undefined {
  return pods.find(({ metadata }) => metadata.labels?.[REVISION] === revision && !metadata.deletionTimestamp);
}

function isReady(pod: KubeObject | undefined): boolean {
  return (
    pod?.status?.conditions?.some(
      ({ type, status }: { type: string; status: string }) => type === 'Ready' && status === 'True',
    ) ?? false
  );
}

async function fail(kube: Kube, isvc: KubeObject, message: string): Promise<void> {
  const condition = {
    type: 'Ready',
    status: 'False',
    reason: 'ServerlessModeRejected',
    message,
    lastTransitionTime: kubeTime(),
  };
  if (isvc.status?.conditions?.[0]?.message === message) return;
  await writeStatus(kube, ISVC, isvc, { conditions: [condition] });
}

function strip<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
