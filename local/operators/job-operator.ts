import { afterEnd, writeStatus, type Operator } from './controller.ts';
import { endedAt, JOB, judgeJob } from './job-state.ts';
import { KubeError, type Kube } from './kube.ts';
import { podsPath, type KubeObject } from './kube-object.ts';

/** Acts as the Job controller of a cluster does, for Jobs of one pod at a time. */
export function jobOperator(kube: Kube): Operator {
  const create = async (job: KubeObject, pod: KubeObject) => {
    try {
      await kube.ensure(podsPath(job.metadata.namespace), pod);
    } catch (error) {
      if (error instanceof KubeError) kube.event(job, 'FailedCreate', `Error creating: ${error.message}`, 'Warning');
      throw error;
    }
  };
  return {
    kind: JOB,
    expiresAt: ({ spec, status }) => afterEnd(endedAt(status), spec.ttlSecondsAfterFinished),
    async reconcile(job, pods) {
      const asked = unsupported(job);
      if (asked) return void kube.event(job, 'Unsupported', `${asked} is not supported on this machine.`, 'Warning');
      const { status, pod, leaving, event, lookAgainMs } = judgeJob(job, pods);
      if (pod) await create(job, pod);
      await writeStatus(kube, JOB, job, status);
      if (event) kube.event(job, ...event);
      for (const one of leaving) if (!one.metadata.deletionTimestamp) await kube.removePod(one);
      return lookAgainMs;
    },
  };
}

function unsupported({ spec }: KubeObject): string | undefined {
  if (spec.suspend) return 'spec.suspend';
  if (spec.parallelism > 1) return 'spec.parallelism above 1';
  return spec.completions > 1 ? 'spec.completions above 1' : undefined;
}
