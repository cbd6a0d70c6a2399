import type { Clients } from '../../shared/clients/clients.ts';
import type { Config } from '../../shared/config.ts';
import type { Telemetry } from '../../shared/telemetry.ts';
import type { LoadedPipelines } from '../../shared/load-pipelines.ts';
import { pipelineSchema, type Pipeline } from '../../shared/pipeline.ts';
import { parseRunId, runPaths } from '../../shared/names.ts';
import type { Batch, LastStage } from '../../shared/run.ts';
import type { StageKeys } from '../../shared/stage-keys.ts';
import type { Reuse } from './reuse.ts';

/** What activities work with. */
export interface ActivityContext {
  clients: Clients;
  folders: Config['folders'];
  lakeUrl: string;
  /** Where jobs send their part of a run's trace; nowhere without it. */
  telemetry?: Telemetry;
  /** An app setting that sources refer to. */
  setting(name: string): string | undefined;
  /** Address of the app as people reach it. */
  appUrl: string;
  /** Pipelines as they are on disk now: an edit counts from the next run on. */
  pipelines(): LoadedPipelines;
}

/** What a run uses from its first activity to its last, whatever is deployed meanwhile. */
export interface PinnedRun {
  runId: string;
  pipeline: Pipeline;
  batch: Batch;
  codeDigest: string;
  /** Version that served when the run began: what its data and its model are compared with. */
  champion?: string;
  /** Model folder of the last version, whose profile tells how large the last batch was. */
  previous?: string;
  /** Weights file that the training begins with, and the version that it belongs to. */
  initialWeights?: { path: string; version?: string };
  /** Keys of the work of its jobs, and what of it was taken over from other runs. */
  keys?: StageKeys;
  reuse?: Reuse;
  /** The run ends well after this stage. */
  toStage?: LastStage;
  /** Image references by digest, one a repository. */
  images: { spark: string; training: string; serving: string };
}

/** The pinned facts of a run; throws when it was never pinned. */
export async function readPinned({ clients }: Pick<ActivityContext, 'clients'>, runId: string): Promise<PinnedRun> {
  const found = await findPinned(clients, runId);
  if (!found) throw new Error(`${locate(runId).paths.pinned} is missing: the run was never pinned`);
  return found;
}

/** The pinned facts of a run; undefined when it was never pinned, or they are gone. */
export async function findPinned(clients: Pick<Clients, 'lake'>, runId: string): Promise<PinnedRun | undefined> {
  const found = await readJson<PinnedRun>(clients, locate(runId).paths.pinned);
  return found && { ...found, pipeline: withDefaults(found.pipeline) };
}

/** A run that an earlier release pinned lacks what later ones added: that has its defaults. */
function withDefaults(pinned: Pipeline): Pipeline {
  const { process, train, validate, rollout } = pipelineSchema.parse({ name: pinned.name, landing: { prefix: 'x/' } });
  return {
    ...pinned,
    process: { ...process, ...pinned.process },
    train: { ...train, ...pinned.train },
    validate: { ...validate, ...pinned.validate },
    rollout: { ...rollout, ...pinned.rollout },
  };
}

/** Pipeline, batch and lake paths of a run id. */
export function locate(runId: string) {
  const parsed = parseRunId(runId);
  if (!parsed) throw new Error(`${JSON.stringify(runId)} is no run id`);
  return { ...parsed, paths: runPaths(parsed.pipeline, parsed.batchId) };
}

/** A JSON document of the lake; an empty file is one that is still being written, so it is not there yet. */
export async function readJson<T>({ lake }: Pick<Clients, 'lake'>, path: string): Promise<T | undefined> {
  const content = await lake.read(path);
  return content && content.length > 0 ? (JSON.parse(content.toString('utf8')) as T) : undefined;
}
