import type { Manifest } from '../../shared/manifests/kinds.ts';
import { pytorchJob } from '../../shared/manifests/pytorch-job.ts';
import { sparkApplication } from '../../shared/manifests/spark-application.ts';
import { modelPath } from '../../shared/names.ts';
import { locate, type PinnedRun } from './context.ts';

/** The stages that are jobs. */
export type JobStage = 'process' | 'train';

/** One attempt of one stage of one run. */
export interface JobRef {
  runId: string;
  stage: JobStage;
  attempt: number;
}

/** The manifest of a run's job: what it reads and writes follows from the run, all else was pinned. */
export function jobOf(
  { runId, stage, attempt }: JobRef,
  { pipeline, batch, images, champion, initialWeights }: PinnedRun,
  lakeUrl: string,
): Manifest {
  const { paths } = locate(runId);
  const baseline = champion && modelPath(pipeline.name, champion);
  const common = { pipeline, runId, batchId: batch.batchId, stage, attempt, lakeUrl, ...(baseline && { baseline }) };
  const weights = initialWeights && { initialWeights: initialWeights.path };
  return stage === 'process'
    ? sparkApplication({ ...common, image: images.spark, input: paths.batch, output: paths.curated })
    : pytorchJob({ ...common, image: images.training, input: paths.curated, output: paths.model, ...weights });
}
