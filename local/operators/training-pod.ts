import { ownedBy, type Kind } from './controller.ts';
import { envList, NODE, type ContainerSpec, type EnvVar, type KubeObject } from './kube-object.ts';

/** A pod that a job should have. RANK is the rank of the node, not of the process. */
export interface Replica {
  type: 'Master' | 'Worker';
  index: number;
  name: string;
  rank: number;
}

/** The pods that a job should have. */
export function replicasOf({ metadata, spec }: KubeObject): Replica[] {
  const { Master, Worker } = spec.pytorchReplicaSpecs;
  const count = Worker ? (Worker.replicas ?? 1) : 0;
  const of = (type: Replica['type'], index: number, rank: number): Replica => ({
    ...{ type, index, rank },
    name: `${metadata.name}-${type.toLowerCase()}-${index}`,
  });
  const workers = Array.from({ length: count }, (_, index) => of('Worker', index, Master ? index + 1 : index));
  return Master ? [of('Master', 0, 0), ...workers] : workers;
}

/** Labels of a replica's pods. */
export const replicaLabels = ({ metadata }: KubeObject, type: string) => ({
  'training.kubeflow.org/job-name': metadata.name,
  'training.kubeflow.org/operator-name': 'pytorchjob-controller',
  'training.kubeflow.org/replica-type': type.toLowerCase(),
});

/** The pod of a replica, with the environment that torch.distributed and torchrun read. */
export function replicaPod(
  kind: Kind,
  job: KubeObject,
  { type, index, name, rank }: Replica,
  port: string,
): KubeObject {
  const { template, restartPolicy = 'OnFailure' } = job.spec.pytorchReplicaSpecs[type];
  const { namespace } = job.metadata;
  const injected = envList(rendezvous(job, rank, port));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      name,
      ...(namespace && { namespace }),
      labels: {
        ...template.metadata?.labels,
        ...replicaLabels(job, type),
        'training.kubeflow.org/replica-index': String(index),
        ...(type === 'Master' && { 'training.kubeflow.org/job-role': 'master' }),
      },
      ownerReferences: ownedBy(kind, job),
    },
    spec: {
      ...template.spec,
      containers: template.spec.containers.map((one: ContainerSpec) => ({
        ...one,
        env: [...(one.env ?? []), ...injected],
      })),
      nodeName: NODE,
      restartPolicy: restartPolicy === 'ExitCode' ? 'Never' : restartPolicy,
    },
  };
}

function rendezvous(job: KubeObject, rank: number, port: string): Record<string, string> {
  const { nprocPerNode = 'auto', pytorchReplicaSpecs } = job.spec;
  const nodes = replicasOf(job).length;
  // "auto" and its like count as one.
  const processes = /^\d+$/.test(nprocPerNode) ? Number(nprocPerNode) : 1;
  const master = {
    ...{ MASTER_PORT: port, PET_MASTER_PORT: port, MASTER_ADDR: '127.0.0.1', PET_MASTER_ADDR: '127.0.0.1' },
    ...{ WORLD_SIZE: String(nodes * processes), RANK: String(rank), PET_NODE_RANK: String(rank) },
  };
  return {
    PYTHONUNBUFFERED: '1',
    ...(pytorchReplicaSpecs.Master && master),
    PET_NPROC_PER_NODE: nprocPerNode,
    PET_NNODES: String(nodes),
  };
}

/** The port that a job's pods were told. */
export function masterPortOf(pods: KubeObject[]): string | undefined {
  const env: EnvVar[] = pods.flatMap(({ spec }) => spec.containers[0]?.env ?? []);
  return env.find(({ name }) => name === 'MASTER_PORT')?.value;
}
