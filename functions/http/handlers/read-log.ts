import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { JobStage } from '../../../orchestrations/activities/job-manifest.ts';
import type { Run } from '../../../shared/run.ts';
import { isFinal } from '../../../shared/status.ts';
import type { Edge } from '../../edge.ts';
import { requireRun } from '../require.ts';
import { HttpProblem, query } from '../http-problem.ts';
import { logOfJob } from './log-of-job.ts';
import { JOB_STAGES, logQuery } from '../schemas/request-schemas.ts';

/** Shows the last lines of the log of a stage's job, also while it runs. */
export async function getRunLog(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const run = await requireRun(edge, request.params.runId);
  const { runId } = run;
  const stage = requireJobStage(request.params.stage);
  const { attempt } = query(request, logQuery);
  const log = await logOfJob(edge, { runId, stage }, { asked: attempt, isOver: isFinal(run.status) });
  if (!log) throw nothing(run, stage);
  return { jsonBody: { runId, stage, ...log } };
}

function requireJobStage(name: string | undefined): JobStage {
  const stage = JOB_STAGES.find((known) => known === name);
  if (stage) return stage;
  throw new HttpProblem(404, `Stage ${name} has no log.`, `Stages with one: ${JOB_STAGES.join(', ')}.`);
}

function nothing({ runId, stages }: Run, stage: JobStage): HttpProblem {
  const source = stages.find(({ name }) => name === stage)?.reusedFrom;
  const hint = source
    ? `It was taken over from ${source}: see the log there.`
    : 'It had no job, or its pods said nothing.';
  return new HttpProblem(404, `${runId} has no log of stage ${stage}.`, hint);
}
