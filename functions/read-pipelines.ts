import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { activeRun } from '../orchestrations/activities/collect.ts';
import type { Pipeline } from '../shared/pipeline.ts';
import { requirePipeline, type Edge } from './edge.ts';

/** Lists the pipelines; a broken one with what is wrong with it. */
export async function listPipelines(edge: Edge): Promise<HttpResponseInit> {
  const { pipelines, broken } = edge.pipelines();
  const value = await Promise.all([...pipelines.values()].map((pipeline) => pipelineView(edge, pipeline)));
  const refused = broken.map(({ name, problems }) => ({
    name,
    description: '',
    enabled: false,
    error: problems.join('\n'),
  }));
  return { jsonBody: { value: [...value, ...refused] } };
}

/** Shows one pipeline. */
export async function getPipeline(edge: Edge, request: HttpRequest): Promise<HttpResponseInit> {
  return { jsonBody: await pipelineView(edge, requirePipeline(edge, request.params.pipeline)) };
}

async function pipelineView(edge: Edge, { name, description, enabled, landing }: Pipeline) {
  const [aliases, active] = await Promise.all([edge.clients.models.aliases(name), activeRun(edge, name)]);
  return {
    name,
    description,
    enabled,
    landing: `landing/${landing.prefix}`,
    ...(aliases.champion && { champion: aliases.champion }),
    ...(active && { activeRun: active.runId }),
  };
}
