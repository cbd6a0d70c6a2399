import { CODE_ROOT } from '../images/code-layer.ts';
import { jobArguments, jobEnvironment, jobLabels, jobManifest, WORKLOAD_IDENTITY, type JobSpec } from './job-spec.ts';
import type { Manifest } from './kinds.ts';
import { declaredEnvironment, placement, RESTRICTED } from './pod-options.ts';

/** The container of a collect job. */
export const COLLECT_CONTAINER = 'collect';

/**
 * The Job (batch/v1) that runs a pipeline's collect.py for one of its sources, on the image that processing has. It is
 * the business of the app to try again, so that the Job makes one pod.
 */
export function batchJob(job: JobSpec): Manifest {
  const { source } = job;
  if (!source) throw new Error('A collect job needs the source that it works for');
  const { parameters, resources, pods, timeout, keepFinished } = source;
  const limits = { cpu: resources.cpu, memory: resources.memory };
  return jobManifest('Job', job, {
    backoffLimit: 0,
    activeDeadlineSeconds: Math.ceil(timeout / 1_000),
    ttlSecondsAfterFinished: Math.ceil(keepFinished / 1_000),
    template: {
      metadata: { labels: { ...jobLabels(job), ...WORKLOAD_IDENTITY } },
      spec: {
        restartPolicy: 'Never',
        // The identity of the Spark jobs reaches what a collection writes. Their right to make pods is not for it.
        serviceAccountName: 'spark',
        automountServiceAccountToken: false,
        ...placement(pods),
        containers: [
          {
            name: COLLECT_CONTAINER,
            image: job.image,
            imagePullPolicy: 'IfNotPresent',
            command: ['python', '-m', 'landfall_runtime.job'],
            args: [`${CODE_ROOT}/pipeline/collect.py`, ...jobArguments(job, parameters)],
            env: [...jobEnvironment(job), ...declaredEnvironment(pods)],
            resources: { requests: limits, limits },
            securityContext: RESTRICTED,
          },
        ],
      },
    },
  });
}
