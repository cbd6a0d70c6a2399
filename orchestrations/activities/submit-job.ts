import { KINDS } from '../../shared/manifests/kinds.ts';
import { jobName, NAMESPACE } from '../../shared/names.ts';
import type { StageJob } from '../../shared/run.ts';
import { readPinned, type ActivityContext } from './context.ts';
import { clusterOf, JOB_KINDS, jobOf, type JobRef } from './job-manifest.ts';

/** What came of a submission. */
export interface Submission {
  cancelled: boolean;
  /** Why nothing was submitted yet: the cluster starts. */
  waking?: string;
  /** Where it was submitted. */
  job?: StageJob;
  /** Why the cluster will never take it. */
  refused?: { reason: string; message: string; hint: string };
  waitForResourcesMs: number;
  timeoutMs: number;
  retries: number;
}

/** Submits a job under the name that follows from run, stage and attempt; the same job twice is one job. */
export async function submitJob(context: ActivityContext, ref: JobRef): Promise<Submission> {
  const pinned = await readPinned(context, ref.runId);
  const { waitForResources, timeout, retries } = pinned.pipeline[ref.stage];
  const limits = { waitForResourcesMs: waitForResources, timeoutMs: timeout, retries };
  if (await context.clients.runs.cancelRequested(ref.runId)) return { cancelled: true, ...limits };
  const cluster = clusterOf(context, ref);
  const wakefulness = await cluster.wake();
  if (!wakefulness.awake) return { cancelled: false, waking: wakefulness.detail, ...limits };
  const refused = await refusal(() => cluster.create(jobOf(ref, pinned, context)));
  return { cancelled: false, ...(refused ? { refused } : { job: placeOf(ref) }), ...limits };
}

function placeOf({ runId, stage, attempt }: JobRef): StageJob {
  const { kind } = JOB_KINDS[stage];
  const { cluster } = KINDS[kind];
  return { cluster, kind, namespace: NAMESPACE, name: jobName(runId, stage, attempt), attempt };
}

/** Statuses with which a cluster refuses for good: no repetition would change them. */
const REFUSALS: Record<number, { reason: string; hint: string }> = {
  400: { reason: 'ManifestRefused', hint: 'Correct what is named in pipeline.yaml, or the policy that refuses it.' },
  403: { reason: 'Forbidden', hint: 'Apply workloads/clusters, or see the policy that refuses it.' },
  409: { reason: 'NameTaken', hint: 'See whose it is; delete it on the cluster, then rerun from this stage.' },
  422: { reason: 'ManifestRefused', hint: 'Correct what is named in pipeline.yaml.' },
  501: { reason: 'OperatorMissing', hint: 'Install the operator: see workloads/clusters.' },
};

/** Why a cluster will never take what is sent; undefined where it has taken it. */
export async function refusal(send: () => Promise<void>): Promise<Submission['refused']> {
  try {
    await send();
    return undefined;
  } catch (error) {
    const { code } = error as { code?: number };
    const known = code === undefined ? undefined : REFUSALS[code];
    if (!known || !(error instanceof Error)) throw error;
    return { ...known, message: error.message };
  }
}
