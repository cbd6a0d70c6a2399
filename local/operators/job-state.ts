import { createHash } from 'node:crypto';
import { ownedBy, type Kind } from './controller.ts';
import { kubeTime, NODE, type KubeObject } from './kube-object.ts';

/** The kind that the Job controller of every cluster looks after. */
export const JOB: Kind = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs' };

interface Condition {
  type: 'SuccessCriteriaMet' | 'Complete' | 'FailureTarget' | 'Failed';
  status: 'True';
  reason: string;
  message: string;
  lastProbeTime: string;
  lastTransitionTime: string;
}

export interface JobStatus {
  startTime: string;
  active?: number;
  ready?: number;
  succeeded?: number;
  failed?: number;
  completionTime?: string;
  conditions?: Condition[];
  uncountedTerminatedPods: object;
}

/** What follows for a Job from its pods. */
export interface JobStep {
  status: JobStatus;
  /** The pod that it lacks. */
  pod?: KubeObject;
  /** Pods that have to go. */
  leaving: KubeObject[];
  event?: [reason: string, message: string, type: string];
  lookAgainMs?: number;
}

const REASONS = {
  CompletionsReached: 'Reached expected number of succeeded pods',
  BackoffLimitExceeded: 'Job has reached the specified backoff limit',
  DeadlineExceeded: 'Job was active longer than specified deadline',
};

/**
 * Judges a Job by its pods, as the controller of Kubernetes 1.35 does: one pod at a time, and another one for each that
 * failed, up to the limit. First it says how the Job will end, and that it has ended when no pod runs any more.
 */
export function judgeJob(job: KubeObject, pods: KubeObject[], now = new Date()): JobStep {
  const before = job.status as JobStatus | undefined;
  if (before && endedAt(before) !== undefined) return { status: before, leaving: [] };
  const startTime = before?.startTime ?? kubeTime(now);
  const counts = count(pods, before);
  const status: JobStatus = { ...before, startTime, ...counts, uncountedTerminatedPods: {} };

  const live = pods.filter(({ status: pod }) => !['Succeeded', 'Failed'].includes(pod?.phase));
  const left = Date.parse(startTime) + (job.spec.activeDeadlineSeconds ?? Infinity) * 1_000 - now.getTime();
  const reason = target(before) ?? verdict(job, counts, left);
  if (reason === undefined) {
    const pod = live.length === 0 ? { pod: podOf(job, counts.failed ?? 0) } : {};
    return { status, leaving: [], ...pod, ...(left !== Infinity && { lookAgainMs: left }) };
  }
  const type = reason === 'CompletionsReached' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const conditions = [conditionOf(before, type, reason, now)];
  if (live.length > 0) return { status: { ...status, conditions }, leaving: live };
  return concluded({ ...status, ...counts }, conditions, reason, now);
}

function verdict({ spec }: KubeObject, { succeeded = 0, failed = 0 }: Counts, left: number) {
  if (succeeded > 0) return 'CompletionsReached';
  if (failed > (spec.backoffLimit ?? 6)) return 'BackoffLimitExceeded';
  return left <= 0 ? 'DeadlineExceeded' : undefined;
}

function concluded(status: JobStatus, conditions: Condition[], reason: Reason, now: Date): JobStep {
  const { active: _active, ready: _ready, ...rest } = status;
  const isComplete = reason === 'CompletionsReached';
  const type = isComplete ? 'Complete' : 'Failed';
  const ended = { ...rest, conditions: [...conditions, conditionOf(undefined, type, reason, now)] };
  const [said, message, level] = isComplete
    ? ['Completed', 'Job completed', 'Normal']
    : [reason, REASONS[reason], 'Warning'];
  return {
    status: isComplete ? { ...ended, completionTime: kubeTime(now) } : ended,
    leaving: [],
    event: [said, message, level],
  };
}

type Reason = keyof typeof REASONS;
type Counts = Pick<JobStatus, 'active' | 'ready' | 'succeeded' | 'failed'>;

/** A pod that was there and is not any more, since somebody deleted it, has failed. */
function count(pods: KubeObject[], before: Partial<JobStatus> = {}): Counts {
  const { active = 0, succeeded = 0, failed = 0 } = before;
  const vanished = Math.max(active + succeeded + failed - pods.length, 0);
  const inPhase = (...phases: string[]) =>
    pods.filter(({ status }) => phases.includes(status?.phase ?? 'Pending')).length;
  const isReady = ({ status }: KubeObject) =>
    status?.phase === 'Running' && status.containerStatuses?.every(({ ready }: { ready: boolean }) => ready);
  const counts = {
    active: inPhase('Pending', 'Running'),
    ready: pods.filter(isReady).length,
    succeeded: inPhase('Succeeded'),
    failed: inPhase('Failed') + vanished,
  };
  return Object.fromEntries(Object.entries(counts).filter(([, number]) => number > 0));
}

function target(status: Partial<JobStatus> | undefined): Reason | undefined {
  return status?.conditions?.[0]?.reason as Reason | undefined;
}

/** When a Job ended; undefined while it goes on. */
export function endedAt(status: Partial<JobStatus> | undefined): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed')?.lastTransitionTime;
}

function conditionOf(
  before: Partial<JobStatus> | undefined,
  type: Condition['type'],
  reason: Reason,
  now: Date,
): Condition {
  const known = before?.conditions?.find((one) => one.type === type);
  const time = kubeTime(now);
  return (
    known ?? { type, status: 'True', reason, message: REASONS[reason], lastProbeTime: time, lastTransitionTime: time }
  );
}

/** A pod of a Job. The real one has a random name; here the same attempt has the same, so that it is made once. */
function podOf(job: KubeObject, attempt: number): KubeObject {
  const { name, namespace, uid = '' } = job.metadata;
  const { template } = job.spec;
  const suffix = createHash('sha256').update(`${uid} ${attempt}`).digest('hex').slice(0, 5);
  const ours = { 'controller-uid': uid, 'job-name': name };
  const labels = Object.entries(ours).flatMap(([key, value]) => [
    [key, value],
    [`batch.kubernetes.io/${key}`, value],
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      name: `${name}-${suffix}`,
      ...(namespace && { namespace }),
      labels: { ...template.metadata?.labels, ...Object.fromEntries(labels) },
      ownerReferences: ownedBy(JOB, job),
    },
    spec: { ...template.spec, nodeName: NODE },
  };
}
