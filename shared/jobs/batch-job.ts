import { z } from 'zod';
import { batchJob as manifest, COLLECT_CONTAINER } from '../manifests/batch-job.ts';
import { conditionsSchema } from './conditions.ts';
import { untaken, type JobKind, type JobState } from './job-kind.ts';

/** A Job (batch/v1), which every cluster runs by itself. */
export const batchJob: JobKind = {
  kind: 'Job',
  container: COLLECT_CONTAINER,
  manifest,
  state: ({ status }) => stateOf(statusSchema.parse(status ?? {})),
};

const statusSchema = z.looseObject({
  active: z.number().default(0),
  ready: z.number().default(0),
  conditions: conditionsSchema,
});

/** Complete and Failed alone are final: SuccessCriteriaMet and FailureTarget come while pods still end. */
function stateOf({ active, ready, conditions }: z.infer<typeof statusSchema>): JobState {
  const held = (wanted: string) => conditions.find(({ type, status }) => type === wanted && status === 'True');
  const [complete, failed] = [held('Complete'), held('Failed')];
  if (complete) return { phase: 'Succeeded', detail: 'the Job completed' };
  if (failed) {
    const { reason = 'JobFailed', message = 'the Job failed' } = failed;
    return { phase: 'Failed', reason, detail: message };
  }
  if (ready > 0) return { phase: 'Running', detail: 'collect.py runs' };
  return active > 0 ? { phase: 'Waiting', detail: 'its pod to start' } : untaken('the Job controller', 'take it up');
}
