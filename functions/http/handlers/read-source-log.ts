import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { SourceState } from '../../../shared/sources/source-state.ts';
import type { Edge } from '../../edge.ts';
import { requirePipeline, requireSource } from '../require.ts';
import { HttpProblem, query } from '../http-problem.ts';
import { logOfJob } from './log-of-job.ts';
import { logQuery } from '../schemas/request-schemas.ts';

/** Shows the last lines of what a source's script has said in its last look, also while it runs. */
export async function getSourceLog(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const pipeline = requirePipeline(edge, request.params.pipeline);
  const { name: source, type } = requireSource(pipeline, request.params.source);
  if (type !== 'script') {
    const hint = `The app itself looks at it: GET /api/pipelines/${pipeline.name} tells what came of it.`;
    throw new HttpProblem(404, `${source} has no log: it is no script.`, hint);
  }
  const { attempt } = query(request, logQuery);
  const state = await edge.clients.sources.get(pipeline.name, source);
  const isOver = state?.status !== 'Running';
  const log = state?.job && (await logOfJob(edge, { ...state.job, stage: 'collect' }, { asked: attempt, isOver }));
  if (!state?.job || !log) throw nothing(pipeline.name, source, state);
  return { jsonBody: { pipeline: pipeline.name, source, runId: state.job.runId, ...log } };
}

function nothing(pipeline: string, source: string, state: SourceState | undefined): HttpProblem {
  const hint =
    state?.status === 'Running'
      ? 'Its job is about to start: ask again in a moment.'
      : `GET /api/pipelines/${pipeline} tells what came of its last look; POST /api/pipelines/${pipeline}/collect looks again.`;
  return new HttpProblem(404, `${source} of ${pipeline} has no log of its last look.`, hint);
}
