import { kubeTime, type ContainerStatus, type KubeObject } from './kube-object.ts';

/** A pod's phase, from its containers: one that will be restarted is shown as running or waiting, never as terminated. */
export function phaseOf(containers: ContainerStatus[], count: number): string {
  const ended = containers.filter(({ state }) => state.terminated);
  if (ended.length === count)
    return ended.some(({ state }) => state.terminated?.exitCode !== 0) ? 'Failed' : 'Succeeded';
  return containers.some(({ state, restartCount }) => !state.waiting || restartCount > 0) ? 'Running' : 'Pending';
}

/** The whole status of a pod, as the kubelet writes it. */
export function podStatus({ spec, status }: KubeObject, containers: ContainerStatus[], startTime: string): object {
  const phase = phaseOf(containers, spec.containers.length);
  const isReady = containers.length === spec.containers.length && containers.every(({ ready }) => ready);
  const condition = (type: string, holds: boolean, reason?: string) => {
    const before = status?.conditions?.find((one: { type: string }) => one.type === type);
    const value = holds ? 'True' : 'False';
    const lastTransitionTime = before?.status === value ? before.lastTransitionTime : kubeTime();
    return { type, status: value, lastTransitionTime, ...(!holds && { reason }) };
  };
  const whyNot = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : 'ContainersNotReady';
  return {
    phase,
    startTime,
    hostIP: '127.0.0.1',
    podIP: '127.0.0.1',
    podIPs: [{ ip: '127.0.0.1' }],
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', isReady, whyNot),
      condition('Ready', isReady, whyNot),
    ],
    containerStatuses: containers,
  };
}

/** The status of a pod whose processes went with the platform that ran them. */
export function lostStatus({ spec, status }: KubeObject): object {
  const message = 'The container could not be located when the pod was terminated';
  const end = { exitCode: 137, reason: 'ContainerStatusUnknown', message, finishedAt: kubeTime() };
  const containers = (status.containerStatuses ?? []).map((one: ContainerStatus): ContainerStatus => {
    const startedAt = one.state.running?.startedAt;
    return {
      ...one,
      ready: false,
      started: false,
      state: startedAt ? { terminated: { ...end, startedAt } } : one.state,
    };
  });
  return {
    ...podStatus({ metadata: { name: '' }, spec, status }, containers, status.startTime),
    phase: 'Failed',
    reason: 'NodeLost',
    message: 'The local platform was stopped while the pod ran, and its processes with it.',
  };
}

/** What people are told when a container comes into another state: reason, message and type of an event. */
export function eventOf(
  { name, state }: ContainerStatus,
  before?: ContainerStatus,
): [string, string, string] | undefined {
  if (state.running && !before?.state.running) return ['Started', `Started container ${name}`, 'Normal'];
  const { reason, message = '' } = state.waiting ?? {};
  if (!reason || reason === before?.state.waiting?.reason) return undefined;
  return [reason.endsWith('BackOff') ? 'BackOff' : 'Failed', message, 'Warning'];
}
