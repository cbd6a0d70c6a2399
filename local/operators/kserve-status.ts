import type { Backend } from './gateway.ts';
import { holds, kubeTime, type ContainerStatus, type KubeObject } from './kube-object.ts';
import { REVISION } from './kserve-pod.ts';
import type { Revisions, TrafficTarget } from './kserve-traffic.ts';

type Held = 'True' | 'False' | 'Unknown';
type Failure = { message: string; exitCode: number };

/** The hosts under which a service is reached: itself, its predictor, and each tag. */
export function hostsOf({ metadata }: KubeObject, traffic: TrafficTarget[], pods: KubeObject[]) {
  const { name, namespace } = metadata;
  const own = [`${name}-${namespace}.example.com`, `${name}-predictor-${namespace}.example.com`];
  const all = traffic.map((one) => ({ percent: one.percent, ports: portsOf(pods, one.revisionName) }));
  const hosts = new Map<string, Backend[]>(own.map((host) => [host, all]));
  for (const { tag, revisionName } of traffic.filter((one) => one.tag))
    for (const host of own) hosts.set(`${tag}-${host}`, [{ percent: 100, ports: portsOf(pods, revisionName) }]);
  return hosts;
}

/** The whole status of a service (KServe 0.20, Knative mode). */
export function inferenceStatus(
  isvc: KubeObject,
  revisions: Revisions,
  traffic: TrafficTarget[],
  pods: KubeObject[],
): object {
  const { name, namespace } = isvc.metadata;
  const { latestCreatedRevision: created, latestReadyRevision: ready } = revisions;
  const own = pods.filter(({ metadata }) => metadata.labels?.[REVISION] === created && !metadata.deletionTimestamp);
  const failure = failureOf(own[0]);
  const isCurrent = ready !== undefined && ready === created;
  const served: Held = ready ? 'True' : failure ? 'False' : 'Unknown';
  const current: Held = isCurrent ? 'True' : failure ? 'False' : 'Unknown';
  const why = failure && {
    reason: 'RevisionFailed',
    message: `Revision "${created}" failed with message: ${failure.message}.`,
  };
  const host = (service: string) => `http://${service}-${namespace}.example.com`;
  const url = (tag: string) => host(`${tag}-${name}-predictor`);
  const before = isvc.status;
  const copies = own.filter((pod) => holds(pod, 'Ready')).length;
  const shown = traffic.map((one) => ({ ...one, ...(one.tag && { url: url(one.tag) }) }));
  const address = { url: `http://${name}.${namespace}.svc.cluster.local` };
  return {
    ...(isCurrent || before?.url ? { url: host(name), address } : {}),
    deploymentMode: 'Knative',
    observedGeneration: isvc.metadata.generation,
    conditions: [
      condition(isvc, 'IngressReady', served, why),
      condition(isvc, 'LatestDeploymentReady', current, why, 'Info'),
      condition(isvc, 'PredictorConfigurationReady', current, why, 'Info'),
      condition(isvc, 'PredictorReady', current, why),
      condition(isvc, 'PredictorRouteReady', served, why, 'Info'),
      condition(isvc, 'Ready', current, why),
      condition(isvc, 'RoutesReady', served, why, 'Info'),
    ],
    components: { predictor: { ...revisions, ...(ready && { url: host(`${name}-predictor`), traffic: shown }) } },
    modelStatus: modelStatus(
      before?.modelStatus,
      copies,
      isCurrent,
      failure && { ...failure, modelRevisionName: created },
    ),
  };
}

type ModelStatus = { states?: { activeModelState?: string }; lastFailureInfo?: object } | undefined;

function modelStatus(before: ModelStatus, totalCopies: number, isLoaded: boolean, failure: object | undefined): object {
  const target = isLoaded ? 'Loaded' : failure ? 'FailedToLoad' : 'Pending';
  const lastFailureInfo = isLoaded || !failure ? before?.lastFailureInfo : { ...failure, reason: 'ModelLoadFailed' };
  const activeModelState = isLoaded ? 'Loaded' : (before?.states?.activeModelState ?? '');
  return {
    transitionStatus: { Loaded: 'UpToDate', FailedToLoad: 'BlockedByFailedLoad', Pending: 'InProgress' }[target],
    states: { activeModelState, targetModelState: target },
    copies: { failedCopies: 0, totalCopies },
    ...(lastFailureInfo && { lastFailureInfo }),
  };
}

function condition({ status }: KubeObject, type: string, held: Held, why?: object, severity?: string): object {
  const before = status?.conditions?.find((one: { type: string }) => one.type === type);
  return {
    type,
    status: held,
    ...(severity && { severity }),
    ...(held !== 'True' && why),
    lastTransitionTime: before?.status === held ? before.lastTransitionTime : kubeTime(),
  };
}

/** Why a revision's pod does not come up: it ended and ends again, or its image cannot be had. */
function failureOf(pod: KubeObject | undefined): Failure | undefined {
  const { state, lastState } = (pod?.status?.containerStatuses?.[0] ?? {}) as Partial<ContainerStatus>;
  const { reason, message = '' } = state?.waiting ?? {};
  if (reason === 'CrashLoopBackOff') {
    const ended = lastState?.terminated;
    return { message: ended?.message ?? message, exitCode: ended?.exitCode ?? 0 };
  }
  const isHopeless = reason === 'ImagePullBackOff' || reason === 'CreateContainerConfigError';
  return isHopeless ? { message, exitCode: 0 } : undefined;
}

function portsOf(pods: KubeObject[], revision: string): number[] {
  const ready = pods.filter((pod) => pod.metadata.labels?.[REVISION] === revision && holds(pod, 'Ready'));
  return ready.flatMap(({ spec }) => spec.containers[0].ports[0].containerPort as number);
}
