import type { Pipeline } from '../../shared/pipeline.ts';
import type { ModelVersion, Run } from '../../shared/run.ts';
import type { Source } from '../../shared/sources/source.ts';
import type { Edge } from '../edge.ts';
import { HttpProblem } from './http-problem.ts';

/** A pipeline by name; refuses names that are unknown and pipelines that are broken. */
export function requirePipeline(edge: Edge, name: string | undefined): Pipeline {
  const { pipelines, broken } = edge.pipelines();
  const found = name === undefined ? undefined : pipelines.get(name);
  if (found) return found;
  const problems = broken.find((entry) => entry.name === name)?.problems;
  if (problems) throw new HttpProblem(409, `Pipeline ${name} is broken.`, 'Correct its pipeline.yaml.', { problems });
  const known = [...pipelines.keys()].join(', ') || 'none';
  throw new HttpProblem(404, `There is no pipeline ${name}.`, `Pipelines: ${known}.`);
}

/** A source of a pipeline by name; refuses unknown ones. */
export function requireSource({ name: pipeline, sources }: Pipeline, name: string | undefined): Source {
  const found = sources.find((source) => source.name === name);
  if (found) return found;
  const known = sources.map((source) => source.name).join(', ') || 'none';
  throw new HttpProblem(404, `${pipeline} has no source ${name}.`, `Its sources: ${known}.`);
}

/** A run by id; refuses unknown ones. */
export async function requireRun(edge: Edge, runId: string | undefined): Promise<Run> {
  const found = runId === undefined ? undefined : await edge.clients.runs.get(runId);
  if (!found) throw new HttpProblem(404, `There is no run ${runId}.`, 'GET /api/runs lists them.');
  return found;
}

/** A model version; refuses unknown ones. */
export async function requireModel(edge: Edge, pipeline: string, version: string | undefined): Promise<ModelVersion> {
  const found = version === undefined ? undefined : await edge.clients.models.get(pipeline, version);
  if (!found) {
    throw new HttpProblem(404, `${pipeline} has no version ${version}.`, `GET /api/models/${pipeline} lists them.`);
  }
  return found;
}
