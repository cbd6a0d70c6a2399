import type { Pipeline } from './pipeline.ts';
import type { Batch } from './run.ts';
import { sha256 } from './sha256.ts';

/** What the outcome of the stages that are jobs depends on, beside the champion that they compare with. */
export interface StageInputs {
  batch: Pick<Batch, 'files'>;
  /** The jobs' images by digest: they hold the code and all that it runs with. */
  images: { spark: string; training: string };
  pipeline: Pick<Pipeline, 'process' | 'train'>;
  /** Rows of the last batch, where a data check compares with them. */
  rowsBefore?: number;
  /** Weights file that the training begins with, as it was when the run began. */
  initialWeights?: { path: string; eTag: string };
}

/** Two runs with the same key of a stage would do the same work in it. */
export interface StageKeys {
  process: string;
  train: string;
}

/** The keys of a run's stages; training depends on all that processing does. */
export function stageKeys({ batch, images, pipeline, rowsBefore, initialWeights }: StageInputs): StageKeys {
  const files = batch.files.map(({ path, eTag, size }) => [path, eTag, size].join('\n')).sort();
  const { process, train } = pipeline;
  const processKey = digest({ files, image: images.spark, checks: process.checks, rowsBefore, ...given(process) });
  const { workers } = train;
  const trainKey = digest({ processKey, image: images.training, workers, initialWeights, ...given(train) });
  return { process: processKey, train: trainKey };
}

/** What a script is given by its declaration. Where its pods run and how much they may use changes no outcome. */
function given({ parameters, pods: { environment, secrets } }: Pipeline['process'] | Pipeline['train']) {
  return { parameters, environment, secrets };
}

function digest(value: unknown): string {
  return sha256(JSON.stringify(value, sorted));
}

/** Objects with their keys in order, so that the order in pipeline.yaml changes nothing. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
