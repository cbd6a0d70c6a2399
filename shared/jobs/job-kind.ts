import type { JobSpec } from '../manifests/job-spec.ts';
import type { ClusterObject, Kind, Manifest } from '../manifests/kinds.ts';

/** What a cluster says of a job. */
export interface JobState {
  phase: 'Waiting' | 'Running' | 'Succeeded' | 'Failed';
  /** What it waits for or why it failed, in words. */
  detail: string;
  reason?: string;
  /** What to do if it waits for too long. */
  hint?: string;
}

/** One kind of job on a cluster: how it is asked for and how its object is read. Another kind is another file. */
export interface JobKind {
  kind: Kind;
  /** The container whose log tells most. */
  container: string;
  manifest(job: JobSpec): Manifest;
  /** State of the job from its object's status; only what the operator calls terminal is final. */
  state(object: ClusterObject): JobState;
}

/** The state of an object that nobody has looked at yet. */
export function untaken(operator: string, deed: string): JobState {
  const hint = `Check that ${operator} runs on the cluster (workloads/clusters), watches namespace landfall, and logs no error.`;
  return { phase: 'Waiting', detail: `${operator} to ${deed}`, hint };
}
