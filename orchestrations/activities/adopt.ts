import type { Lake } from '../../shared/clients/lake.ts';
import { locate, readPinned, type ActivityContext } from './context.ts';
import type { JobStage } from './job-manifest.ts';

/**
 * Makes what a run takes over of a stage its own: small documents and the model are copied, so that a run and a version
 * stand by themselves; processed data stays where it is.
 */
export async function adoptStage(
  { clients, ...context }: ActivityContext,
  { runId, stage }: { runId: string; stage: JobStage },
): Promise<void> {
  const { reuse } = await readPinned({ clients, ...context }, runId);
  const source = reuse?.[stage];
  if (!source) throw new Error(`${runId} takes nothing over of stage ${stage}`);
  const [from, to] = [locate(source.runId).paths, locate(runId).paths];
  if (stage === 'train') return copyFolder(clients.lake, from.model, to.model);
  for (const name of ['profile', 'checks'] as const) await clients.lake.copy(from[name], to[name]);
}

async function copyFolder(lake: Lake, from: string, to: string): Promise<void> {
  const files = await lake.list(from);
  if (files.length === 0) throw new Error(`${from} was deleted since the run began: start the run again`);
  for (const { path } of files) await lake.copy(path, `${to}${path.slice(from.length)}`);
}
