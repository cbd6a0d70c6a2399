import type { ActivityContext } from '../orchestrations/activities/context.ts';
import type { Pipeline } from '../shared/pipeline.ts';
import type { ModelVersion, Run } from '../shared/run.ts';
import { HttpProblem } from './http-problem.ts';

/** What the functions at the edge work with: what activities have, and whether App Service has signed callers in. */
export interface Edge extends ActivityContext {
  isAuthenticated: boolean;
}

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
