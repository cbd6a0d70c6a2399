import { runSubject } from '../../shared/lifecycle-events.ts';
import type { StageView } from '../../shared/run.ts';
import { locate, type ActivityContext } from './context.ts';

/** Tells the world that a run completed a stage. */
export async function announceStage(
  { clients }: ActivityContext,
  { runId, stage }: { runId: string; stage: StageView },
): Promise<void> {
  const { pipeline, batchId } = locate(runId);
  const { name, startedAt = '', finishedAt = '', detail } = stage;
  await clients.events.publish({
    name: 'StageCompleted',
    key: `${runId}:${name}`,
    subject: runSubject(pipeline, runId),
    data: { runId, pipeline, batchId, stage: name, startedAt, finishedAt, ...(detail !== undefined && { detail }) },
  });
}
