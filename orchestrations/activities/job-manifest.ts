import type { Manifest } from '../../shared/manifests/kinds.ts';
import type { JobKind } from '../../shared/jobs/job-kind.ts';
import { pytorchJob } from '../../shared/jobs/pytorch-job.ts';
import { sparkJob } from '../../shared/jobs/spark-job.ts';
import type { Stage } from '../../shared/status.ts';
import { modelPath } from '../../shared/names.ts';
import { locate, type PinnedRun } from './context.ts';

/** The stages that are jobs, and the kind of job that each is. */
export const JOB_KINDS = { process: sparkJob, train: pytorchJob } as const satisfies Partial<Record<Stage, JobKind>>;
export type JobStage = keyof typeof JOB_KINDS;

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
  const { manifest } = JOB_KINDS[stage];
  return stage === 'process'
    ? manifest({ ...common, image: images.spark, input: paths.batch, output: paths.curated })
    : manifest({ ...common, image: images.training, input: paths.curated, output: paths.model, ...weights });
}
