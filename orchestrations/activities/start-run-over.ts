import { runIdOf, runPaths } from '../../shared/names.ts';
import type { Batch, RunRequest } from '../../shared/run.ts';
import { startRun } from './collect.ts';
import type { ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';

/** A run over given files, not over what waits in the landing zone. */
export interface NewRun {
  pipeline: string;
  batchId: string;
  files: Batch['files'];
  /** How it differs from what its pipeline declares. */
  request: RunRequest;
  at: Date;
  /** Orchestration that is told when the run is over. */
  wake?: string;
}

/** Writes what a run is to do and starts it; the same run twice is one run, over the files of the first time. */
export async function startRunOver(
  context: Pick<ActivityContext, 'clients'>,
  durable: DurablePort,
  { pipeline, batchId, files, request, at, wake }: NewRun,
): Promise<void> {
  const { lake } = context.clients;
  const [runId, paths] = [runIdOf(pipeline, batchId), runPaths(pipeline, batchId)];
  if (Object.keys(request).length > 0) {
    await lake.write(paths.request, JSON.stringify(request), { ifAbsent: true });
  }
  const manifest: Batch = { pipeline, batchId, runId, createdAt: at.toISOString(), files };
  await lake.write(paths.batch, JSON.stringify(manifest, null, 1), { ifAbsent: true });
  await startRun(context, durable, { pipeline, runId, batchId, startedAt: at.toISOString(), ...(wake && { wake }) });
}
