import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { activeRun } from '../../../orchestrations/activities/collect.ts';
import type { Pipeline } from '../../../shared/pipeline.ts';
import { nextTick } from '../../../shared/schedule.ts';
import type { Edge } from '../../edge.ts';
import { requirePipeline } from '../require.ts';
import { sourceViews } from '../views/source-view.ts';

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

async function pipelineView(edge: Edge, pipeline: Pipeline, now = new Date()) {
  const { name, description, enabled, landing, schedule } = pipeline;
  const [aliases, active, sources] = await Promise.all([
    edge.clients.models.aliases(name),
    activeRun(edge, name),
    sourceViews(edge, pipeline, now),
  ]);
  return {
    name,
    description,
    enabled,
    landing: `landing/${landing.prefix}`,
    landingPattern: landing.pattern,
    ...(landing.marker !== undefined && { landingMarker: landing.marker }),
    ...(schedule && { schedule: scheduleView(schedule, now) }),
    ...(sources.length > 0 && { sources }),
    ...(aliases.champion && { champion: aliases.champion }),
    ...(active && { activeRun: active.runId }),
  };
}

function scheduleView({ cron, timeZone, prefix }: NonNullable<Pipeline['schedule']>, now: Date) {
  const next = nextTick({ cron, timeZone }, now);
  return { cron, timeZone, ...(prefix && { prefix }), ...(next && { nextAt: next.toISOString() }) };
}
