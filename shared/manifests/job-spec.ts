import type { Pipeline } from '../pipeline.ts';
import type { ScriptSource } from '../sources/source.ts';
import { LABELS, NAMESPACE, SPEC_HASH, jobName } from '../names.ts';
import { sha256 } from '../sha256.ts';
import type { Stage } from '../status.ts';
import { isTracingVariable, tracingEnvironment, type Telemetry } from '../telemetry.ts';
import { stageSpan, traceParent } from '../trace-context.ts';
import { apiVersion, type Kind, type Manifest } from './kinds.ts';

/** What a job manifest is made from. Paths are lake paths. */
export interface JobSpec {
  pipeline: Pipeline;
  runId: string;
  batchId: string;
  stage: Stage;
  attempt: number;
  /** Image by digest. */
  image: string;
  input: string;
  output: string;
  /** Model folder of the champion. */
  baseline?: string;
  /** Weights file that a training begins with. */
  initialWeights?: string;
  /** Source that a collect job works for. */
  source?: ScriptSource;
  lakeUrl: string;
  /** Where the job's part of the run's trace goes. */
  telemetry?: Telemetry;
}

/** Arguments of the job contract: what the job reads, what it writes, its parameters. */
export function jobArguments(
  { runId, batchId, input, output, baseline, initialWeights }: JobSpec,
  parameters: Record<string, unknown>,
): string[] {
  const given = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${String(value)}`]);
  const compared = baseline === undefined ? [] : ['--baseline', baseline];
  const begun = initialWeights === undefined ? [] : ['--initial-weights', initialWeights];
  return ['--run', runId, '--batch', batchId, '--input', input, '--output', output, ...compared, ...begun, ...given];
}

/** Environment of the job contract: who the job is and where the lake answers. Credentials come from the platform. */
export function jobEnvironment({
  pipeline,
  runId,
  stage,
  attempt,
  lakeUrl,
  telemetry = {},
}: JobSpec): { name: string; value: string }[] {
  return Object.entries({
    LANDFALL_PIPELINE: pipeline.name,
    LANDFALL_RUN: runId,
    LANDFALL_STAGE: stage,
    LANDFALL_ATTEMPT: String(attempt),
    LANDFALL_LAKE_URL: lakeUrl,
    ...tracingEnvironment(telemetry, traceParent(stageSpan(runId, stage))),
  }).map(([name, value]) => ({ name, value }));
}

/** Where telemetry goes may change between two submissions of a job, which is the same job nevertheless. */
function withoutTracing(key: string, value: unknown): unknown {
  const isEnvironment = key === 'env' && Array.isArray(value);
  return isEnvironment ? value.filter(({ name }: { name: string }) => !isTracingVariable(name)) : value;
}

/** Labels by which the run's objects and pods are found again. */
export function jobLabels({ pipeline, runId, stage }: JobSpec): Record<string, string> {
  return { [LABELS.run]: runId, [LABELS.pipeline]: pipeline.name, [LABELS.stage]: stage };
}

/** Label that makes the workload identity webhook give a pod its token. */
export const WORKLOAD_IDENTITY = { 'azure.workload.identity/use': 'true' };

/** The object of a job, named by run, stage and attempt, with a hash of its spec that tells it from a stranger's. */
export function jobManifest(kind: Kind, job: JobSpec, spec: Record<string, unknown>): Manifest {
  return {
    apiVersion: apiVersion(kind),
    kind,
    metadata: {
      name: jobName(job.runId, job.stage, job.attempt),
      namespace: NAMESPACE,
      labels: jobLabels(job),
      annotations: { [SPEC_HASH]: sha256(JSON.stringify(spec, withoutTracing)).slice(0, 16) },
    },
    spec,
  };
}
