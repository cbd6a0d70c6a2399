import { CODE_ROOT } from '../images/code-layer.ts';
import { jobArguments, jobEnvironment, jobLabels, jobManifest, WORKLOAD_IDENTITY, type JobSpec } from './job-spec.ts';
import type { Manifest } from './kinds.ts';
import { declaredEnvironment, placement, RESTRICTED } from './pod-options.ts';

/** Taint of the GPU pool. */
const GPU_TOLERATION = { key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' };

/** The PyTorchJob (v1) of a train stage: one master and the declared workers, each with a process for each of its GPUs. */
export function pytorchJob(job: JobSpec): Manifest {
  const { workers, timeout, keepFinished, resources } = job.pipeline.train;
  const replica = { restartPolicy: 'Never', template: podTemplate(job) };
  return jobManifest('PyTorchJob', job, {
    nprocPerNode: String(processesPerPod(resources.gpus)),
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

function processesPerPod(gpus: number): number {
  return Math.max(gpus, 1);
}

/**
 * Starts the job. The operator's RANK is that of the pod; where a pod has several processes, torchrun starts them and
 * gives each its own, as the operator's PET_ variables tell it; without `--` it would take `--run` for its own
 * `--run-path`. https://docs.pytorch.org/docs/stable/elastic/run.html
 */
function command(gpus: number): string[] {
  const torchrun = processesPerPod(gpus) > 1 ? ['-m', 'torch.distributed.run', '-m', '--'] : ['-m'];
  return ['python', ...torchrun, 'landfall_runtime.job'];
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
      volumes: [{ name: 'shared-memory', emptyDir: { medium: 'Memory' } }],
      containers: [
        {
          name: 'pytorch',
          image: job.image,
          imagePullPolicy: 'IfNotPresent',
          command: command(resources.gpus),
          args: [`${CODE_ROOT}/pipeline/train.py`, ...jobArguments(job, parameters)],
          env: [...jobEnvironment(job), ...declaredEnvironment(pods)],
          ports: [{ name: 'pytorchjob-port', containerPort: 23456 }],
          resources: { requests: limits, limits },
          // Data loader workers pass batches through it, and a container's own has 64 MB. It counts as the pod's memory.
          volumeMounts: [{ name: 'shared-memory', mountPath: '/dev/shm' }],
          securityContext: RESTRICTED,
        },
      ],
    },
  };
}
