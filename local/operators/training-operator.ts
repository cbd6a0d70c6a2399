import { afterEnd, writeStatus, type Kind, type Operator } from './controller.ts';
import { freePort } from './free-port.ts';
import type { Kube } from './kube.ts';
import { podsPath, type KubeObject } from './kube-object.ts';
import { masterPortOf, replicaPod, replicasOf } from './training-pod.ts';
import { isFinished, judge, removable } from './training-state.ts';

/** The kind that training-operator looks after. */
export const PYTORCH: Kind = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', plural: 'pytorchjobs' };

/**
 * Acts as training-operator 1.9 does. There is no cluster DNS on this machine, so the master is told by loopback address
 * and a free port, and there are neither services nor init containers that wait for names.
 */
export function trainingOperator(kube: Kube): Operator {
  // Pods made in one go share a port even before the watch has shown the first of them.
  const ports = new Map<string, string>();
  const createMissing = async (job: KubeObject, pods: KubeObject[]) => {
    const { uid = '', namespace } = job.metadata;
    const there = new Set(pods.map(({ metadata }) => metadata.name));
    const missing = replicasOf(job).filter(({ name }) => !there.has(name));
    if (missing.length === 0) return;
    const port = ports.get(uid) ?? masterPortOf(pods) ?? String(await freePort());
    ports.set(uid, port);
    await Promise.all(
      missing.map((replica) => kube.ensure(podsPath(namespace), replicaPod(PYTORCH, job, replica, port))),
    );
  };
  return {
    kind: PYTORCH,
    expiresAt: ({ spec, status }) => afterEnd(status?.completionTime, spec.runPolicy?.ttlSecondsAfterFinished),
    async reconcile(job, pods) {
      const { status, lookAgainMs, restarts, event } = judge(job, pods);
      const live = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
      if (!isFinished(status)) await createMissing(job, pods);
      await writeStatus(kube, PYTORCH, job, status);
      if (event) kube.event(job, ...event);
      const leaving = isFinished(status) ? live.filter((pod) => removable(job, pod)) : restarts;
      for (const pod of leaving) await kube.removePod(pod);
      return lookAgainMs;
    },
    forget: ({ metadata }) => void ports.delete(metadata.uid ?? ''),
  };
}
