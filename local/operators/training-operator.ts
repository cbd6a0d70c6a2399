import { createServer, type AddressInfo } from 'node:net';
import { ownedBy, writeStatus, type Kind, type Reconcile } from './controller.ts';
import { kubeTime, podsPath, type Kube, type KubeObject } from './kube.ts';
import { NODE } from './kubelet.ts';

/** The kind that training-operator looks after. */
export const PYTORCH: Kind = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', plural: 'pytorchjobs' };

interface Replica {
  type: 'Master' | 'Worker';
  index: number;
  rank: number;
}

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastUpdateTime: string;
  lastTransitionTime: string;
}

/** Acts as training-operator 1.9 does. There is no cluster DNS here, so the master is told by address and a free port. */
export function trainingOperator(kube: Kube): Reconcile {
  return async (job, pods) => {
    const conditions = (job.status?.conditions ?? []) as Condition[];
    if (conditions.some(({ type, status }) => ['Succeeded', 'Failed'].includes(type) && status === 'True')) {
      return clean(kube, job, pods);
    }
    const replicas = replicasOf(job);
    if (pods.length < replicas.length && !conditions.some(({ type }) => type === 'Running')) {
      const port = masterPort(pods) ?? String(await freePort());
      for (const replica of replicas)
        await kube.ensure(podsPath(job.metadata.namespace ?? ''), replicaPod(job, replica, replicas.length, port));
    }
    const seen = deadline(job) ?? judge(job, pods);
    await writeStatus(kube, PYTORCH, job, {
      conditions: addCondition(
        addCondition(conditions, 'Created', `PyTorchJob ${job.metadata.name} is created.`),
        seen.type,
        seen.message,
      ),
      replicaStatuses: replicaStatuses(pods),
      startTime: job.status?.startTime ?? kubeTime(),
      ...(['Succeeded', 'Failed'].includes(seen.type) && { completionTime: kubeTime() }),
    });
  };
}

/** The newest condition of a job, from its pods. */
export function judge({ metadata, spec }: KubeObject, pods: KubeObject[]): { type: string; message: string } {
  const of = (type: string, phase: string) =>
    pods.filter(
      (pod) =>
        pod.metadata.labels?.['training.kubeflow.org/replica-type'] === type.toLowerCase() &&
        pod.status?.phase === phase,
    );
  if (of('Master', 'Succeeded').length > 0)
    return { type: 'Succeeded', message: `PyTorchJob ${metadata.name} is successfully completed.` };
  for (const type of Object.keys(spec.pytorchReplicaSpecs)) {
    const failed = of(type, 'Failed').length;
    if (failed > 0)
      return {
        type: 'Failed',
        message: `PyTorchJob ${metadata.name} is failed because ${failed} ${type} replica(s) failed.`,
      };
  }
  if (of('Master', 'Running').length > 0)
    return { type: 'Running', message: `PyTorchJob ${metadata.name} is running.` };
  return { type: 'Created', message: `PyTorchJob ${metadata.name} is created.` };
}

/** Conditions with one more, as the operator sets them: appended last, an older Running kept with status False. */
export function addCondition(conditions: Condition[], type: string, message: string): Condition[] {
  const known = conditions.find((condition) => condition.type === type && condition.status === 'True');
  if (known) return conditions;
  const now = kubeTime();
  const ended = ['Succeeded', 'Failed'].includes(type);
  const kept = conditions
    .filter((condition) => condition.type !== type)
    .map((condition) => (ended && condition.type === 'Running' ? { ...condition, status: 'False' } : condition));
  return [
    ...kept,
    { type, status: 'True', reason: `PyTorchJob${type}`, message, lastUpdateTime: now, lastTransitionTime: now },
  ];
}

function deadline({ spec, status }: KubeObject): { type: string; message: string } | undefined {
  const seconds = spec.runPolicy?.activeDeadlineSeconds as number | undefined;
  if (seconds === undefined || !status?.startTime || Date.now() < Date.parse(status.startTime) + seconds * 1_000)
    return undefined;
  return { type: 'Failed', message: 'Job has failed because it was active longer than specified deadline' };
}

async function clean(kube: Kube, job: KubeObject, pods: KubeObject[]): Promise<void> {
  const policy = job.spec.runPolicy?.cleanPodPolicy ?? 'None';
  for (const pod of pods) {
    const running = ['Running', 'Pending'].includes(pod.status?.phase ?? 'Pending');
    if (pod.metadata.deletionTimestamp || policy === 'None' || (policy === 'Running' && !running)) continue;
    await kube.remove(`${podsPath(pod.metadata.namespace ?? '')}/${pod.metadata.name}`);
  }
}

function replicasOf({ spec }: KubeObject): Replica[] {
  const { Master, Worker } = spec.pytorchReplicaSpecs as Record<string, { replicas?: number } | undefined>;
  const replicas: Replica[] = Master ? [{ type: 'Master', index: 0, rank: 0 }] : [];
  for (let index = 0; index < (Worker ? (Worker.replicas ?? 1) : 0); index++)
    replicas.push({ type: 'Worker', index, rank: index + 1 });
  return replicas;
}

function replicaPod(job: KubeObject, { type, index, rank }: Replica, worldSize: number, port: string): KubeObject {
  const { template, restartPolicy = 'OnFailure' } = job.spec.pytorchReplicaSpecs[type];
  const rendezvous = { MASTER_PORT: port, MASTER_ADDR: '127.0.0.1', WORLD_SIZE: String(worldSize), RANK: String(rank) };
  const elastic = {
    PET_MASTER_PORT: port,
    PET_MASTER_ADDR: '127.0.0.1',
    PET_NODE_RANK: String(rank),
    PET_NNODES: String(worldSize),
  };
  const injected = Object.entries({
    PYTHONUNBUFFERED: '1',
    ...rendezvous,
    ...elastic,
    PET_NPROC_PER_NODE: job.spec.nprocPerNode ?? 'auto',
  });
  const containers = template.spec.containers.map((container: { env?: object[] }) => ({
    ...container,
    env: [...(container.env ?? []), ...injected.map(([name, value]) => ({ name, value }))],
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${job.metadata.name}-${type.toLowerCase()}-${index}`,
      ...(job.metadata.namespace !== undefined && { namespace: job.metadata.namespace }),
      labels: {
        ...template.metadata?.labels,
        'training.kubeflow.org/operator-name': 'pytorchjob-controller',
        'training.kubeflow.org/job-name': job.metadata.name,
        'training.kubeflow.org/replica-type': type.toLowerCase(),
        'training.kubeflow.org/replica-index': String(index),
        ...(type === 'Master' && { 'training.kubeflow.org/job-role': 'master' }),
      },
      ownerReferences: ownedBy(PYTORCH, job),
    },
    spec: {
      ...template.spec,
      containers,
      nodeName: NODE,
      restartPolicy: restartPolicy === 'ExitCode' ? 'Never' : restartPolicy,
    },
  };
}

function replicaStatuses(pods: KubeObject[]): Record<string, object> {
  const statuses: Record<string, Record<string, number>> = {};
  for (const { metadata, status } of pods) {
    const type = metadata.labels?.['training.kubeflow.org/replica-type'] === 'master' ? 'Master' : 'Worker';
    const field = { Running: 'active', Succeeded: 'succeeded', Failed: 'failed' }[status?.phase as string];
    const counted = (statuses[type] ??= {});
    if (field) counted[field] = (counted[field] ?? 0) + 1;
  }
  return statuses;
}

function masterPort(pods: KubeObject[]): string | undefined {
  const env = pods[0]?.spec.containers[0]?.env as { name: string; value: string }[] | undefined;
  return env?.find(({ name }) => name === 'MASTER_PORT')?.value;
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
