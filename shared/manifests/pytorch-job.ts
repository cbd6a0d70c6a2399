import { CODE_ROOT } from '../images/code-layer.ts';
import { jobArguments, jobEnvironment, jobLabels, jobManifest, WORKLOAD_IDENTITY, type JobSpec } from './job-spec.ts';
import type { Manifest } from './kinds.ts';
import { declaredEnvironment, placement, RESTRICTED } from './pod-options.ts';

/** Taint of the GPU pool. */
const GPU_TOLERATION = { key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' };

/** The PyTorchJob (v1) of a train stage: one master and the declared workers, one process each. */
export function pytorchJob(job: JobSpec): Manifest {
  const { workers, timeout, keepFinished } = job.pipeline.train;
  const replica = { restartPolicy: 'Never', template: podTemplate(job) };
  return jobManifest('PyTorchJob', job, {
    nprocPerNode: '1',
    runPolicy: {
      // The default, None, leaves the other ranks running when one has failed.
      cleanPodPolicy: 'Running',
      activeDeadlineSeconds: Math.ceil(timeout / 1_000),
      backoffLimit: 0,
      ttlSecondsAfterFinished: Math.ceil(keepFinished / 1_000),
    },
    pytorchReplicaSpecs: {
      Master: { replicas: 1, ...replica },
      ...(workers > 0 && { Worker: { replicas: workers, ...replica } }),
    },
  });
}

function podTemplate(job: JobSpec) {
  const { resources, parameters, pods } = job.pipeline.train;
  const limits = {
    cpu: resources.cpu,
    memory: resources.memory,
    ...(resources.gpus > 0 && { 'nvidia.com/gpu': String(resources.gpus) }),
  };
  return {
    metadata: { labels: { ...jobLabels(job), ...WORKLOAD_IDENTITY } },
    spec: {
      serviceAccountName: 'train',
      ...placement(pods, resources.gpus > 0 ? [GPU_TOLERATION] : []),
      containers: [
        {
          name: 'pytorch',
          image: job.image,
          imagePullPolicy: 'IfNotPresent',
          command: ['python', '-m', 'landfall_runtime.job'],
          args: [`${CODE_ROOT}/pipeline/train.py`, ...jobArguments(job, parameters)],
          env: [...jobEnvironment(job), ...declaredEnvironment(pods)],
          ports: [{ name: 'pytorchjob-port', containerPort: 23456 }],
          resources: { requests: limits, limits },
          securityContext: RESTRICTED,
        },
      ],
    },
  };
}
