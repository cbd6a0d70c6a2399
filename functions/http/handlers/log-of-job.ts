import { attemptsOf } from '../../../orchestrations/activities/attempts.ts';
import { locate } from '../../../orchestrations/activities/context.ts';
import { podLines } from '../../../orchestrations/activities/job-log.ts';
import type { AwaitedJob } from '../../../orchestrations/activities/job-manifest.ts';
import { readLog, type PodLines } from '../../../shared/jobs/kept-log.ts';
import { jobName } from '../../../shared/names.ts';
import type { Edge } from '../../edge.ts';

/** The last lines of the log of one attempt of a job. */
export interface LogOfJob {
  attempt: number;
  /** Attempts that have a log. */
  attempts: number[];
  /** The job is not over: there may be more. */
  live: boolean;
  pods: PodLines[];
}

/**
 * The log of a job, of its newest attempt unless another is asked for: from its pods while it runs, from the lake once
 * it is over. Undefined where the job has left none.
 */
export async function logOfJob(
  edge: Edge,
  { runId, stage }: Pick<AwaitedJob, 'runId' | 'stage'>,
  { asked, isOver }: { asked: number | undefined; isOver: boolean },
): Promise<LogOfJob | undefined> {
  const attempts = await attemptsOf(edge.clients.lake, locate(runId), stage);
  const attempt = asked ?? attempts.at(-1) ?? 1;
  const ref = { runId, stage, attempt };
  const kept = await keptLines(edge, ref);
  const live = kept === undefined && !isOver;
  const pods = kept ?? (live ? await podLines(edge, ref) : []);
  if (pods.length === 0 && !live) return undefined;
  return {
    attempt,
    attempts: [...new Set([...attempts, attempt])].sort((a, b) => a - b),
    live,
    pods: pods.map(({ pod, lines }) => ({ pod, lines })),
  };
}

async function keptLines(edge: Edge, { runId, stage, attempt }: AwaitedJob): Promise<PodLines[] | undefined> {
  const content = await edge.clients.lake.read(locate(runId).paths.log(stage, attempt));
  return content?.length ? readLog(content.toString('utf8'), jobName(runId, stage, attempt)) : undefined;
}
