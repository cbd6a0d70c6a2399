import { z } from 'zod';
import { pytorchJob as manifest } from '../manifests/pytorch-job.ts';
import { conditionsSchema } from './conditions.ts';
import { untaken, type JobKind, type JobState } from './job-kind.ts';

/** A PyTorchJob of training-operator (v1). */
export const pytorchJob: JobKind = {
  kind: 'PyTorchJob',
  container: 'pytorch',
  manifest,
  state: ({ status }) => stateOf(statusSchema.parse(status ?? {})),
};

const statusSchema = z.looseObject({
  conditions: conditionsSchema,
});

/** The newest condition is the last of the list; Running stays listed with status False once the job is over. */
function stateOf({ conditions }: z.infer<typeof statusSchema>): JobState {
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
