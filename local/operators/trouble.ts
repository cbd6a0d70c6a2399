import { kubeTime, type ContainerSpec, type KubeObject } from './kube-object.ts';

/**
 * Variable by which a container asks for a trouble that this machine has not by itself, in `pods.environment` of a stage
 * in pipeline.yaml. Only the operators of the local platform know it: a cluster passes it on to the process.
 */
const VARIABLE = 'LANDFALL_TROUBLE';

/** A pod in trouble, as a kubelet and the scheduler of a cluster leave it. */
export interface Trouble {
  /** Undefined for a pod that nobody ever says anything of. */
  status?: object;
  event?: [reason: string, message: string];
}

type Make = (pod: KubeObject) => Trouble;

const waiting = (reason: string, message: string) => ({ waiting: { reason, message } });
const unschedulable = '0/3 nodes are available: 3 Insufficient memory.';
const unscheduled = {
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: unschedulable }],
};

/** Every trouble that can be asked for. */
export const TROUBLES: Record<string, Make> = {
  ImagePullBackOff: (pod) => {
    const message = `Back-off pulling image "${imageOf(pod)}": it is not found`;
    const state = waiting('ImagePullBackOff', message);
    return { status: { phase: 'Pending', containerStatuses: states(pod, state) }, event: ['BackOff', message] };
  },
  Unschedulable: () => ({ status: unscheduled, event: ['FailedScheduling', unschedulable] }),
  FailedScaleUp: () => ({ status: unscheduled, event: ['FailedScaleUp', 'the quota of the VM size is exceeded'] }),
  InitContainerFailed: (pod) => {
    const state = waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container=init');
    const init = { ...states(pod, state)[0], name: 'init', restartCount: 6 };
    const containerStatuses = states(pod, waiting('PodInitializing', ''));
    return { status: { phase: 'Pending', initContainerStatuses: [init], containerStatuses } };
  },
  OOMKilled: (pod) => ended(pod, 137, 'OOMKilled'),
  NonZeroExit: (pod) => ended(pod, 3, 'Error'),
  Evicted: (pod) => lost(pod, 'Evicted', 'The node was low on resource: memory.'),
  NodeLost: (pod) => lost(pod, 'NodeLost', 'The node that the pod ran on is gone.'),
  Stuck: () => ({}),
};

/** The trouble that a pod asks for, if it does; one that nobody knows is told as the kubelet tells a bad container. */
export function troubleOf(pod: KubeObject): Trouble | undefined {
  const containers = pod.spec.containers as ContainerSpec[];
  const env = containers.flatMap((container) => container.env ?? []);
  const asked = env.find(({ name }) => name === VARIABLE)?.value;
  // `NodeLost of 1` is the trouble of rank 1 alone.
  const [, name = '', rank] = /^(\w+)(?: of (\d+))?$/.exec(asked ?? '') ?? [];
  if (asked === undefined || (rank !== undefined && rank !== env.findLast((one) => one.name === 'RANK')?.value)) {
    return undefined;
  }
  const make = Object.hasOwn(TROUBLES, name) ? TROUBLES[name] : undefined;
  if (make) return make(pod);
  const message = `${VARIABLE} is ${JSON.stringify(asked)}, expected one of ${Object.keys(TROUBLES).join(', ')}`;
  const state = waiting('CreateContainerConfigError', message);
  return { status: { phase: 'Pending', containerStatuses: states(pod, state) } };
}

function imageOf({ spec }: KubeObject): string {
  return String((spec.containers as ContainerSpec[])[0]?.image);
}

function states({ spec }: KubeObject, state: object): object[] {
  const shown = { imageID: '', ready: false, started: false, restartCount: 0, lastState: {}, state };
  return (spec.containers as ContainerSpec[]).map(({ name, image }) => ({ name, image, ...shown }));
}

function ended(pod: KubeObject, exitCode: number, reason: string): Trouble {
  const terminated = { exitCode, reason, startedAt: kubeTime(), finishedAt: kubeTime() };
  return { status: { phase: 'Failed', containerStatuses: states(pod, { terminated }) } };
}

function lost(pod: KubeObject, reason: string, message: string): Trouble {
  const terminated = { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt: kubeTime(), finishedAt: kubeTime() };
  return { status: { phase: 'Failed', reason, message, containerStatuses: states(pod, { terminated }) } };
}
