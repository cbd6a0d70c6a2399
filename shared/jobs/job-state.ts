import { z } from 'zod';
import type { ClusterObject, Kind } from '../manifests/kinds.ts';

/** What a cluster or a result file says of a job. */
export interface JobState {
  phase: 'Waiting' | 'Running' | 'Succeeded' | 'Failed';
  /** What it waits for or why it failed, in words. */
  detail: string;
  reason?: string;
  /** What to do if it waits for too long. */
  hint?: string;
}

/** Nobody has looked at the object yet. */
function untaken(operator: string, deed: string): JobState {
  const hint = `Check that ${operator} runs on the cluster (workloads/clusters), watches namespace landfall, and logs no error.`;
  return { phase: 'Waiting', detail: `${operator} to ${deed}`, hint };
}

const sparkStatus = z.looseObject({
  applicationState: z.looseObject({ state: z.string().default(''), errorMessage: z.string().optional() }).optional(),
});

const pytorchStatus = z.looseObject({
  conditions: z
    .array(
      z.looseObject({
        type: z.string(),
        status: z.string(),
        reason: z.string().optional(),
        message: z.string().optional(),
      }),
    )
    .default([]),
});

/** State of a job from its object's status; only what the operators call terminal is final. */
export function jobState(kind: Kind, object: ClusterObject): JobState {
  switch (kind) {
    case 'SparkApplication':
      return sparkState(sparkStatus.parse(object.status ?? {}));
    case 'PyTorchJob':
      return pytorchState(pytorchStatus.parse(object.status ?? {}));
    case 'InferenceService':
      throw new Error('An InferenceService is no job');
  }
}

/** COMPLETED and FAILED alone are final: SUCCEEDING, FAILING and SUBMISSION_FAILED may still be retried. */
function sparkState({ applicationState }: z.infer<typeof sparkStatus>): JobState {
  const state = applicationState?.state ?? '';
  const message = applicationState?.errorMessage ?? '';
  if (state === 'COMPLETED') return { phase: 'Succeeded', detail: 'the Spark application completed' };
  if (state === 'FAILED')
    return { phase: 'Failed', reason: 'SparkFailed', detail: message || 'the Spark application failed' };
  if (['RUNNING', 'SUCCEEDING', 'FAILING'].includes(state))
    return { phase: 'Running', detail: 'the Spark driver runs' };
  if (state === '') return untaken('spark-operator', 'submit it');
  const said = message ? `: ${message}` : '';
  return { phase: 'Waiting', detail: `the Spark driver to start (${state})${said}` };
}

/** The newest condition is the last of the list; Running stays listed with status False once the job is over. */
function pytorchState({ conditions }: z.infer<typeof pytorchStatus>): JobState {
  const holding = conditions.filter(({ status }) => status === 'True').at(-1);
  const detail = holding?.message ?? '';
  switch (holding?.type) {
    case 'Succeeded':
      return { phase: 'Succeeded', detail };
    case 'Failed':
      return { phase: 'Failed', reason: holding.reason ?? 'PyTorchJobFailed', detail };
    case 'Running':
    case 'Restarting':
      return { phase: 'Running', detail };
    default:
      return holding ? { phase: 'Waiting', detail: 'its pods to start' } : untaken('training-operator', 'take it up');
  }
}
