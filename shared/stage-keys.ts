import type { Pipeline } from './pipeline.ts';
import type { Batch } from './run.ts';
import { sha256 } from './sha256.ts';

/** What the outcome of the stages that are jobs depends on, beside the champion that they compare with. */
export interface StageInputs {
  batch: Pick<Batch, 'files'>;
  /** Digest of the pipeline's code and the runtime's. */
  codeDigest: string;
  pipeline: Pick<Pipeline, 'process' | 'train'>;
  /** Weights file that the training begins with, as it was when the run began. */
  initialWeights?: { path: string; eTag: string };
}

/** Two runs with the same key of a stage would do the same work in it. */
export interface StageKeys {
  process: string;
  train: string;
}

/** The keys of a run's stages; training depends on all that processing does. */
export function stageKeys({ batch, codeDigest, pipeline, initialWeights }: StageInputs): StageKeys {
  const files = batch.files.map(({ path, eTag, size }) => [path, eTag, size].join('\n')).sort();
  const { process, train } = pipeline;
  const processKey = digest({ files, codeDigest, parameters: process.parameters, checks: process.checks });
  const trainKey = digest({ processKey, parameters: train.parameters, workers: train.workers, initialWeights });
  return { process: processKey, train: trainKey };
}

function digest(value: unknown): string {
  return sha256(JSON.stringify(value, sorted));
}

/** Objects with their keys in order, so that the order in pipeline.yaml changes nothing. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
