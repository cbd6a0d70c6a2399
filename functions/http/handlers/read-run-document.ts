import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { runPaths } from '../../../shared/names.ts';
import type { Run } from '../../../shared/run.ts';
import { isFinal } from '../../../shared/status.ts';
import type { Edge } from '../../edge.ts';
import { requireRun } from '../require.ts';
import { HttpProblem } from '../http-problem.ts';
import { DOCUMENTS } from '../schemas/request-schemas.ts';

/** Shows a document of a run: its batch, the profile of its data, its data checks, its drift. */
export async function getRunDocument(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { runId, pipeline, batchId, status } = await requireRun(edge, request.params.runId);
  const name = DOCUMENTS.find((known) => known === request.params.document);
  if (!name)
    throw new HttpProblem(404, `A run has no document ${request.params.document}.`, `It has: ${DOCUMENTS.join(', ')}.`);
  const content = await edge.clients.lake.read(runPaths(pipeline, batchId)[name]);
  if (!content?.length) throw new HttpProblem(404, `${runId} has no ${name}.`, absence(runId, status));
  return { headers: { 'content-type': 'application/json' }, body: content };
}

function absence(runId: string, status: Run['status']): string {
  return isFinal(status)
    ? `It ended before it wrote one, or had nothing to write: GET /api/runs/${runId} tells its stages.`
    : 'It may come yet: ask again once the stage that writes it is over.';
}
