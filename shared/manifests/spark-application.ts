import { CODE_ROOT } from '../images/code-layer.ts';
import { jobArguments, jobEnvironment, jobLabels, jobManifest, WORKLOAD_IDENTITY, type JobSpec } from './job-spec.ts';
import type { Manifest } from './kinds.ts';
import { declaredEnvironment, placement, RESTRICTED } from './pod-options.ts';

/** The Spark version of the base image; spark-operator wants it said. */
const SPARK_VERSION = '4.0.5';

/** The SparkApplication (v1beta2) of a process stage. */
export function sparkApplication(job: JobSpec): Manifest {
  const { resources, pods, keepFinished, parameters } = job.pipeline.process;
  const { cores, memory, executors } = resources;
  const pod = {
    cores,
    memory,
    serviceAccount: 'spark',
    securityContext: RESTRICTED,
    labels: { ...jobLabels(job), ...WORKLOAD_IDENTITY },
    env: [...jobEnvironment(job), ...declaredEnvironment(pods)],
  };
  return jobManifest('SparkApplication', job, {
    type: 'Python',
    pythonVersion: '3',
    mode: 'cluster',
    sparkVersion: SPARK_VERSION,
    image: job.image,
    imagePullPolicy: 'IfNotPresent',
    mainApplicationFile: `local://${CODE_ROOT}/runtime/landfall_runtime/job.py`,
    arguments: [`${CODE_ROOT}/pipeline/process.py`, ...jobArguments(job, parameters)],
    restartPolicy: { type: 'Never' },
    timeToLiveSeconds: Math.ceil(keepFinished / 1_000),
    // The application dies with its driver, so that one does not run on a node that may be taken away.
    driver: { ...pod, ...placement({ ...pods, spot: false }) },
    executor: { ...pod, ...placement(pods), instances: executors },
  });
}
