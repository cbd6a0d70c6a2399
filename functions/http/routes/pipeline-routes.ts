import { logQuery } from '../schemas/request-schemas.ts';
import { locationHeader, ok, refusal, COMMON, NO_PIPELINE, BAD_BODY, BAD_QUERY } from './answers.ts';
import type { Route } from './route.ts';

/** Routes about pipelines and their sources. */
export const PIPELINE_ROUTES = {
  listPipelines: {
    method: 'GET',
    path: 'pipelines',
    role: 'Reader',
    topic: 'Pipelines',
    summary: 'The pipelines; a broken one with what is wrong with it',
    answers: { 200: ok('PipelineList', 'All of them.'), ...COMMON },
  },
  getPipeline: {
    method: 'GET',
    path: 'pipelines/{pipeline}',
    role: 'Reader',
    topic: 'Pipelines',
    summary: 'One pipeline',
    answers: { 200: ok('Pipeline', 'The pipeline.'), ...NO_PIPELINE, ...COMMON },
  },
  postCollect: {
    method: 'POST',
    path: 'pipelines/{pipeline}/collect',
    role: 'Operator',
    topic: 'Pipelines',
    summary: 'Looks at the pipeline’s sources now, or at one of them, due or not',
    description: 'What is new lands and starts a run as any file does; where nothing is new, nothing happens.',
    body: { schema: 'CollectRequest', required: false },
    answers: {
      202: ok('Collecting', 'They are being looked at; the pipeline shows how that goes.', locationHeader),
      ...BAD_BODY,
      404: refusal('There is no such pipeline or source.'),
      409: refusal('It has no sources, or its pipeline.yaml is broken.'),
      ...COMMON,
    },
  },
  getSourceLog: {
    method: 'GET',
    path: 'pipelines/{pipeline}/sources/{source}/logs',
    role: 'Reader',
    topic: 'Pipelines',
    summary: 'The last lines of what a source’s collect.py said in its last look, also while it runs',
    query: logQuery,
    answers: {
      200: ok('SourceLog', 'The lines as they are now.'),
      ...BAD_QUERY,
      ...NO_PIPELINE,
      404: refusal('There is no such pipeline or source, it is no script, or it has no log.'),
      ...COMMON,
    },
  },
} as const satisfies Record<string, Route>;
