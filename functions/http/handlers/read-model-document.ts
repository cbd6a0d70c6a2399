import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { modelPath } from '../../../shared/names.ts';
import type { Edge } from '../../edge.ts';
import { requireModel, requirePipeline } from '../require.ts';
import { HttpProblem } from '../http-problem.ts';
import { MODEL_DOCUMENTS } from '../schemas/request-schemas.ts';

/** Shows a document of a model version: its golden requests, the profile of its data, what its training says of it. */
export async function getModelDocument(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  const { name } = requirePipeline(edge, request.params.pipeline);
  const { version } = await requireModel(edge, name, request.params.version);
  const asked = request.params.document ?? '';
  const known = Object.keys(MODEL_DOCUMENTS);
  if (!known.includes(asked)) {
    throw new HttpProblem(404, `A version has no document ${asked}.`, `It has: ${known.join(', ')}.`);
  }
  const file = MODEL_DOCUMENTS[asked as keyof typeof MODEL_DOCUMENTS];
  const content = await edge.clients.lake.read(`${modelPath(name, version)}/${file}`);
  if (!content?.length) {
    const hint =
      'Its training wrote none. Those of versions to come will have one where the pipeline’s train.py writes it.';
    throw new HttpProblem(404, `${version} of ${name} has no ${file}.`, hint);
  }
  return { headers: { 'content-type': 'application/json' }, body: content };
}
