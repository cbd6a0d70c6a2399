import { z } from 'zod';
import { sparkApplication } from '../manifests/spark-application.ts';
import { untaken, type JobKind, type JobState } from './job-kind.ts';

/** A SparkApplication of spark-operator (v1beta2). */
export const sparkJob: JobKind = {
  kind: 'SparkApplication',
  container: 'spark-kubernetes-driver',
  manifest: sparkApplication,
  state: ({ status }) => stateOf(statusSchema.parse(status ?? {})),
};

const statusSchema = z.looseObject({
  applicationState: z.looseObject({ state: z.string().default(''), errorMessage: z.string().optional() }).optional(),
});

/** COMPLETED and FAILED alone are final: SUCCEEDING, FAILING and SUBMISSION_FAILED may still be retried. */
function stateOf({ applicationState }: z.infer<typeof statusSchema>): JobState {
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
