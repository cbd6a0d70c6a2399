import { expect, test } from 'vitest';
import { pipelineSchema } from '../../shared/pipeline.ts';
import { begun, newState, type SourceState } from '../../shared/sources/source-state.ts';
import { removeCollectJob, submitCollectJob } from './collect-script.ts';
import type { ActivityContext } from './context.ts';

const [runId, at] = ['iris-20260101-000000-abcdef', '2026-01-01T00:00:00.000Z'];
const ref = { pipeline: 'iris', source: 'web', runId, attempt: 2 };
const pipeline = pipelineSchema.parse({
  name: 'iris',
  landing: { prefix: 'iris/' },
  sources: [{ name: 'web', type: 'script' }],
});
const pinned = { pipeline, source: pipeline.sources[0], image: 'r/i@sha256:1' };

/** One source and one cluster; answers what was saved, and what was done on the cluster in which order. */
function world(state: SourceState, create: () => Promise<void> = async () => undefined) {
  const [saved, done]: [SourceState[], string[]] = [[], []];
  const clients = {
    lake: {
      read: async () => Buffer.from(JSON.stringify(pinned)),
      write: async (path: string) => (done.push(`write ${path}`), true),
    },
    landing: { dropOlder: async () => undefined },
    sources: { get: async () => state, save: async (_: string, now: SourceState) => void saved.push(now) },
    cluster: () => ({
      create,
      wake: async () => ({ awake: true }),
      pods: async (labels: string) => Promise.reject(new Error(`no answer for ${(done.push('pods'), labels)}`)),
      remove: async (kind: string, name: string) => void done.push(`remove ${kind} ${name}`),
    }),
  };
  return { context: { clients, lakeUrl: 'https://lake' } as unknown as ActivityContext, saved, done };
}

test('a source knows the job that looks at it, until the next look begins', async () => {
  const { context, saved } = world(begun(newState('web', new Date(at)), at));
  await submitCollectJob(context, ref);
  expect(saved).toMatchObject([{ status: 'Running', job: { runId, attempt: 2 } }]);
  expect(begun(saved[0] as SourceState, at)).not.toHaveProperty('job');
});

test.each<[what: string, state: SourceState, create?: () => Promise<void>]>([
  ['a look that is over', { ...newState('web', new Date(at)), status: 'Failed' }],
  [
    'a job that the cluster refuses',
    begun(newState('web', new Date(at)), at),
    () => Promise.reject(Object.assign(new Error('spec.x is invalid'), { code: 422 })),
  ],
])('%s notes no job', async (_, state, create) => {
  const { context, saved } = world(state, create);
  await submitCollectJob(context, ref);
  expect(saved).toEqual([]);
});

test('a job that failed goes, after its log was asked for, whether that can be had or not', async () => {
  const { context, done } = world(newState('web', new Date(at)));
  await removeCollectJob(context, ref);
  expect(done).toEqual(['pods', `remove Job ${runId}-collect-2`]);
});
