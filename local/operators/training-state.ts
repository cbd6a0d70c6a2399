import { kubeTime, type KubeObject } from './kube-object.ts';
import { replicaLabels, replicasOf } from './training-pod.ts';

export interface Condition {
  type: string;
  status: 'True' | 'False';
  reason: string;
  message: string;
  lastUpdateTime: string;
  lastTransitionTime: string;
}

interface ReplicaStatus {
  active?: number;
  succeeded?: number;
  failed?: number;
  selector?: string;
}

export interface JobStatus {
  conditions: Condition[];
  replicaStatuses: Record<string, ReplicaStatus>;
  startTime: string;
  completionTime?: string;
}

interface Conclusion {
  status: JobStatus;
  event?: [reason: string, message: string];
}

/** What follows for a job from its pods. */
export interface Verdict extends Conclusion {
  /** Failed pods that are to be made anew. */
  restarts: KubeObject[];
  lookAgainMs?: number;
}

/** Whether a job has come to its end. */
export const isFinished = ({ conditions }: Pick<JobStatus, 'conditions'>) =>
  conditions.some(({ type, status }) => ['Succeeded', 'Failed'].includes(type) && status === 'True');

/** Judges a job by its pods, as the real operator does (common/job.go and pytorchjob_controller.go of 1.9). */
export function judge(job: KubeObject, pods: KubeObject[], now = new Date()): Verdict {
  const before = job.status as JobStatus | undefined;
  const { name } = job.metadata;
  const status: JobStatus = {
    ...before,
    conditions: addCondition(before?.conditions ?? [], 'Created', `PyTorchJob ${name} is created.`, now),
    replicaStatuses: before?.replicaStatuses ?? {},
    startTime: before?.startTime ?? kubeTime(now),
  };
  if (isFinished(status)) return { status: settled(status), restarts: [] };
  const exceeded = exceededLimit(job, status, pods, now);
  if (exceeded) return { ...concluded(status, 'Failed', exceeded, now), restarts: [] };
  const replicaStatuses = countReplicas(job, pods);
  const restarts = pods.filter((pod) => isRestarted(job, pod));
  const verdict = { ...concludeReplicas(job, pods, { ...status, replicaStatuses }, now), restarts };
  const left = deadlineOf(job, status) - now.getTime();
  return isFinished(verdict.status) || left === Infinity ? verdict : { ...verdict, lookAgainMs: left };
}

/** Conditions with one more: newest last, one of a type; Running and Restarting exclude each other, an end ends Running. */
export function addCondition(conditions: Condition[], type: string, message: string, now: Date): Condition[] {
  const reason = `PyTorchJob${type}`;
  const known = conditions.find((one) => one.type === type);
  if (isFinished({ conditions }) || (known?.status === 'True' && known.reason === reason)) return conditions;
  const excluded = { Running: 'Restarting', Restarting: 'Running' }[type];
  const ends = type === 'Succeeded' || type === 'Failed';
  const kept = conditions
    .filter((one) => one.type !== type && one.type !== excluded)
    .map((one): Condition => (ends && one.type === 'Running' ? { ...one, status: 'False' } : one));
  const time = kubeTime(now);
  return [...kept, { type, status: 'True', reason, message, lastUpdateTime: time, lastTransitionTime: time }];
}

/** Which pods go when a job has finished. */
export function removable({ spec }: KubeObject, { status }: KubeObject): boolean {
  const policy = spec.runPolicy?.cleanPodPolicy ?? 'None';
  return policy === 'All' || (policy === 'Running' && ['Running', 'Pending'].includes(status?.phase ?? 'Pending'));
}

function concludeReplicas(job: KubeObject, pods: KubeObject[], status: JobStatus, now: Date): Conclusion {
  const { name, namespace } = job.metadata;
  const specs = job.spec.pytorchReplicaSpecs;
  let verdict: Conclusion = { status };
  for (const type of ['Master', 'Worker'].filter((one) => specs[one])) {
    const { active = 0, succeeded = 0, failed = 0 } = status.replicaStatuses[type] ?? {};
    const replicas = specs[type].replicas ?? 1;
    if (type === 'Master' || !specs.Master) {
      const [who, done] = type === 'Master' ? [name, 'is successfully'] : [`${namespace}/${name}`, 'successfully'];
      if (active > 0) verdict = concluded(verdict.status, 'Running', `PyTorchJob ${who} is running.`, now);
      if (succeeded === replicas)
        return concluded(verdict.status, 'Succeeded', `PyTorchJob ${who} ${done} completed.`, now);
    }
    if (failed === 0 || replicas <= succeeded + active) continue;
    const lost = pods.filter((pod) => typeOf(pod) === type && pod.status?.phase === 'Failed');
    const isFinal = lost.some((pod) => !isRestarted(job, pod));
    const [outcome, verb] = isFinal ? ['Failed', 'is failed'] : ['Restarting', 'is restarting'];
    const message = `PyTorchJob ${name} ${verb} because ${failed} ${type} replica(s) failed.`;
    verdict = concluded(verdict.status, outcome, message, now);
  }
  return verdict;
}

function concluded(status: JobStatus, type: string, message: string, now: Date): Conclusion {
  const conditions = addCondition(status.conditions, type, message, now);
  if (conditions === status.conditions) return { status };
  const isOver = type === 'Succeeded' || type === 'Failed';
  const next = { ...status, conditions, ...(isOver && { completionTime: status.completionTime ?? kubeTime(now) }) };
  return { status: next, event: [`PyTorchJob${type}`, message] };
}

/** Why a job must end whatever its replicas do: a limit it has passed, or what cannot be had here. */
function exceededLimit(job: KubeObject, status: JobStatus, pods: KubeObject[], now: Date): string | undefined {
  const { name } = job.metadata;
  const asked = unsupported(job);
  if (asked) return `PyTorchJob ${name} is failed because ${asked} is not supported on this machine.`;
  if (isPastBackoff(job, status, pods))
    return `Job ${name} has failed because it has reached the specified backoff limit`;
  if (now.getTime() < deadlineOf(job, status)) return undefined;
  return `Job ${name} has failed because it was active longer than specified deadline`;
}

function unsupported({ spec }: KubeObject): string | undefined {
  if (spec.elasticPolicy) return 'spec.elasticPolicy';
  return spec.runPolicy?.suspend ? 'spec.runPolicy.suspend' : undefined;
}

/** A new failure counts as a first retry; restarts in place count where the kubelet makes them. */
function isPastBackoff(job: KubeObject, { replicaStatuses }: JobStatus, pods: KubeObject[]): boolean {
  const limit = job.spec.runPolicy?.backoffLimit as number | undefined;
  if (limit === undefined) return false;
  const failed = pods.filter(({ status }) => status?.phase === 'Failed').length;
  const known = Object.values(replicaStatuses).reduce((sum, one) => sum + (one.failed ?? 0), 0);
  if (failed > known && limit < 1) return true;
  const restarts = pods
    .filter(({ spec, status }) => status?.phase === 'Running' && spec.restartPolicy !== 'Never')
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .reduce((sum: number, one: { restartCount: number }) => sum + one.restartCount, 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function deadlineOf({ spec }: KubeObject, { startTime }: JobStatus): number {
  return Date.parse(startTime) + (spec.runPolicy?.activeDeadlineSeconds ?? Infinity) * 1_000;
}

const COUNTED = { Running: 'active', Succeeded: 'succeeded', Failed: 'failed' } as const;

function countReplicas(job: KubeObject, pods: KubeObject[]): Record<string, ReplicaStatus> {
  const types = [...new Set(replicasOf(job).map(({ type }) => type))];
  return Object.fromEntries(types.map((type) => [type, countType(job, type, pods)]));
}

function countType(job: KubeObject, type: string, pods: KubeObject[]): ReplicaStatus {
  const labels = Object.entries(replicaLabels(job, type)).map((pair) => pair.join('='));
  const count: ReplicaStatus = { selector: labels.join(',') };
  for (const pod of pods.filter((one) => typeOf(one) === type)) {
    const field = COUNTED[pod.status?.phase as keyof typeof COUNTED];
    if (field) count[field] = (count[field] ?? 0) + 1;
  }
  return count;
}

/** Whether a failed pod is made anew: with ExitCode only after the exit codes of signals. */
function isRestarted({ spec }: KubeObject, pod: KubeObject): boolean {
  if (pod.status?.phase !== 'Failed') return false;
  const policy = spec.pytorchReplicaSpecs[typeOf(pod)]?.restartPolicy ?? 'OnFailure';
  const exitCode = pod.status.containerStatuses?.[0]?.state.terminated?.exitCode ?? 1;
  return policy === 'ExitCode' ? exitCode >= 128 : policy !== 'Never';
}

/** After a success what still runs counts as succeeded. */
function settled(status: JobStatus): JobStatus {
  if (!status.conditions.some(({ type }) => type === 'Succeeded')) return status;
  const counts = Object.entries(status.replicaStatuses).map(([type, { active = 0, ...rest }]) => [
    type,
    active > 0 ? { ...rest, succeeded: (rest.succeeded ?? 0) + active } : rest,
  ]);
  return { ...status, replicaStatuses: Object.fromEntries(counts) };
}

const typeOf = ({ metadata }: KubeObject) =>
  metadata.labels?.['training.kubeflow.org/replica-type'] === 'master' ? 'Master' : 'Worker';
