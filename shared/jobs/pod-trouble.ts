import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';

/** Why a pod does not run or has failed, and what a person can do about it. */
export interface Trouble {
  reason: string;
  message: string;
  hint: string;
  /** The same job may well succeed if it is started again. */
  lost: boolean;
}

const HINTS: Record<string, string> = {
  ErrImagePull: 'Check that the image exists in the registry and that the cluster may pull from it.',
  ImagePullBackOff: 'Check that the image exists in the registry and that the cluster may pull from it.',
  InvalidImageName: 'Check REGISTRY_URL: the image name that follows from it is not valid.',
  CreateContainerConfigError: 'A secret or config map that the pod refers to is missing.',
  Unschedulable: 'No node fits: check quota, taints and the requested resources in pipeline.yaml.',
  NotTriggerScaleUp:
    'No pool could ever fit it: check taints, node selector and the requested resources in pipeline.yaml.',
  FailedScaleUp: 'The pool could not grow: check the quota of its VM size, and whether the region has any left.',
  QuotaExceeded: 'Other jobs use the namespace up: wait, or raise its ResourceQuota (workloads/clusters).',
  PodSecurityRefused:
    'The pod asks for more than its namespace allows: see its Pod Security level (workloads/clusters).',
  AdmissionRefused: 'A policy of the cluster refuses the pod: correct what it names, or the policy.',
  Forbidden: 'The operator may not create it: apply workloads/clusters.',
  PodsNotCreated: 'The operator could not create the pods: correct what is named.',
  FailedMount: 'A secret, config map or volume that the pod refers to is missing.',
  InitContainerFailed: 'Its init container fails again and again: see its message.',
  OOMKilled: 'Raise the memory of the stage in pipeline.yaml.',
  Evicted: 'The node ran short of resources: request what the job needs in pipeline.yaml.',
  NodeLost: 'The node went away while the job ran.',
};

const LOST = new Set(['Evicted', 'NodeLost', 'NodeShutdown', 'Terminated', 'Preempting']);
const WAITING_FOR_GOOD = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'CreateContainerConfigError',
]);

/** The first trouble that a job's pods show; undefined when there is none. */
export function podTrouble(pods: V1Pod[]): Trouble | undefined {
  for (const pod of pods) {
    const found = podFailure(pod) ?? containerTrouble(pod) ?? unschedulable(pod);
    if (found) return found;
  }
  return undefined;
}

function podFailure({ metadata, status }: V1Pod): Trouble | undefined {
  if (status?.phase !== 'Failed' || !status.reason) return undefined;
  return trouble(status.reason, `pod ${metadata?.name}: ${status.message ?? status.reason}`);
}

function containerTrouble({ metadata, status }: V1Pod): Trouble | undefined {
  for (const { name, state } of status?.initContainerStatuses ?? []) {
    if (state?.waiting?.reason !== 'CrashLoopBackOff') continue;
    const said = state.waiting.message ?? state.waiting.reason;
    return trouble('InitContainerFailed', `pod ${metadata?.name}, init container ${name}: ${said}`);
  }
  for (const container of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const found = containerState(container);
    if (found) return trouble(found.reason, `pod ${metadata?.name}, container ${container.name}: ${found.message}`);
  }
  return undefined;
}

function containerState({ state }: V1ContainerStatus): { reason: string; message: string } | undefined {
  const waiting = state?.waiting;
  if (waiting?.reason && WAITING_FOR_GOOD.has(waiting.reason)) {
    return { reason: waiting.reason, message: waiting.message ?? waiting.reason };
  }
  const ended = state?.terminated;
  if (!ended || ended.exitCode === 0) return undefined;
  const reason = ended.reason && ended.reason !== 'Error' ? ended.reason : 'NonZeroExit';
  return { reason, message: `exit code ${ended.exitCode}${ended.message ? `: ${ended.message}` : ''}` };
}

function unschedulable({ metadata, status }: V1Pod): Trouble | undefined {
  const condition = status?.conditions?.find(({ type, status: held }) => type === 'PodScheduled' && held === 'False');
  if (condition?.reason !== 'Unschedulable') return undefined;
  return trouble('Unschedulable', `pod ${metadata?.name}: ${condition.message ?? 'no node fits'}`);
}

/** A trouble by its reason, with the hint that belongs to it. */
export function trouble(reason: string, message: string): Trouble {
  return { reason, message, hint: HINTS[reason] ?? 'See the last log lines of the job.', lost: LOST.has(reason) };
}
