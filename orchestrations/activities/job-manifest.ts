import type { Cluster } from '../../shared/clients/cluster.ts';
import { KINDS, type Manifest } from '../../shared/manifests/kinds.ts';
import { batchJob } from '../../shared/jobs/batch-job.ts';
import type { JobKind } from '../../shared/jobs/job-kind.ts';
import { pytorchJob } from '../../shared/jobs/pytorch-job.ts';
import { sparkJob } from '../../shared/jobs/spark-job.ts';
import type { Stage } from '../../shared/status.ts';
import { modelPath } from '../../shared/names.ts';
import { locate, type ActivityContext, type PinnedRun } from './context.ts';

/** The stages that are jobs, and the kind of job that each is; collect is one where a source has a script. */
export const JOB_KINDS = {
  collect: batchJob,
  process: sparkJob,
  train: pytorchJob,
} as const satisfies Partial<Record<Stage, JobKind>>;

/** The stages of a run that are jobs. */
export type JobStage = Exclude<keyof typeof JOB_KINDS, 'collect'>;

/** One attempt of a job that is waited for: of a run's stage, or of a collection, whose id has the form of a run's. */
export interface AwaitedJob {
  runId: string;
  stage: keyof typeof JOB_KINDS;
  attempt: number;
}

/** One attempt of one stage of one run. */
export interface JobRef {
  runId: string;
  stage: JobStage;
  attempt: number;
}

/** The manifest of a run's job: what it reads and writes follows from the run, all else was pinned. */
export function jobOf(
  { runId, stage, attempt }: JobRef,
  { pipeline, batch, images, champion, initialWeights, reuse }: PinnedRun,
  { lakeUrl, telemetry }: Pick<ActivityContext, 'lakeUrl' | 'telemetry'>,
): Manifest {
  const { paths } = locate(runId);
  const baseline = champion && modelPath(pipeline.name, champion);
  const common = {
    pipeline,
    runId,
    batchId: batch.batchId,
    stage,
    attempt,
    lakeUrl,
    ...(baseline && { baseline }),
    ...(telemetry && { telemetry }),
  };
  const weights = initialWeights && { initialWeights: initialWeights.path };
  const curated = reuse?.process ? locate(reuse.process.runId).paths.curated : paths.curated;
  const { manifest } = JOB_KINDS[stage];
  return stage === 'process'
    ? manifest({ ...common, image: images.spark, input: paths.batch, output: paths.curated })
    : manifest({ ...common, image: images.training, input: curated, output: paths.model, ...weights });
}

/** The cluster that a job runs on. */
export function clusterOf({ clients }: ActivityContext, { stage }: AwaitedJob): Cluster {
  return clients.cluster(KINDS[JOB_KINDS[stage].kind].cluster);
}
