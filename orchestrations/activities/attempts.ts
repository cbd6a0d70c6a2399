import type { Lake } from '../../shared/clients/lake.ts';
import { runPaths } from '../../shared/names.ts';
import type { Stage } from '../../shared/status.ts';

/** The attempts of a run's stage that have written anything, the first one first. */
export async function attemptsOf(
  lake: Lake,
  { pipeline, batchId }: { pipeline: string; batchId: string },
  stage: Stage,
): Promise<number[]> {
  const folder = runPaths(pipeline, batchId).stage(stage);
  const files = await lake.list(folder);
  const numbers = files.map(({ path }) => Number(path.slice(folder.length + 1).split('/')[0]));
  return [...new Set(numbers.filter((number) => number > 0))].sort((a, b) => a - b);
}
