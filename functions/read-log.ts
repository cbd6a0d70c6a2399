import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { attemptsOf } from '../orchestrations/activities/attempts.ts';
import { podLines } from '../orchestrations/activities/job-log.ts';
import type { JobRef, JobStage } from '../orchestrations/activities/job-manifest.ts';
import { readLog, type PodLines } from '../shared/jobs/kept-log.ts';
import { jobName, runPaths } from '../shared/names.ts';
import type { Run } from '../shared/run.ts';
import { isFinal } from '../shared/status.ts';
import { requireRun, type Edge } from './edge.ts';
import { HttpProblem, query } from './http-problem.ts';
import { JOB_STAGES, logQuery } from './request-schemas.ts';

/** Shows the last lines of the log of a stage's job: from its pods while it runs, from the lake once it is over. */
export async function getRunLog(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const run = await requireRun(edge, request.params.runId);
  const stage = requireJobStage(request.params.stage);
  const asked = query(request, logQuery).attempt;
  const attempts = await attemptsOf(edge.clients.lake, run, stage);
  const attempt = asked ?? attempts.at(-1) ?? 1;
  const ref = { runId: run.runId, stage, attempt };
  const kept = await keptLines(edge, run, ref);
  const live = kept === undefined && !isFinal(run.status);
  const pods = kept ?? (live ? await podLines(edge, ref) : []);
  if (pods.length === 0 && !live) throw nothing(run, stage);
  return {
    jsonBody: {
      runId: run.runId,
      stage,
      attempt,
      attempts: [...new Set([...attempts, attempt])].sort((a, b) => a - b),
      live,
      pods: pods.map(({ pod, lines }) => ({ pod, lines })),
    },
  };
}

function requireJobStage(name: string | undefined): JobStage {
  const stage = JOB_STAGES.find((known) => known === name);
  if (stage) return stage;
  throw new HttpProblem(404, `Stage ${name} has no log.`, `Stages with one: ${JOB_STAGES.join(', ')}.`);
}

async function keptLines(edge: Edge, run: Run, { runId, stage, attempt }: JobRef): Promise<PodLines[] | undefined> {
  const content = await edge.clients.lake.read(runPaths(run.pipeline, run.batchId).log(stage, attempt));
  return content?.length ? readLog(content.toString('utf8'), jobName(runId, stage, attempt)) : undefined;
}

function nothing({ runId, stages }: Run, stage: JobStage): HttpProblem {
  const source = stages.find(({ name }) => name === stage)?.reusedFrom;
  const hint = source
    ? `It was taken over from ${source}: see the log there.`
    : 'It had no job, or its pods said nothing.';
  return new HttpProblem(404, `${runId} has no log of stage ${stage}.`, hint);
}
