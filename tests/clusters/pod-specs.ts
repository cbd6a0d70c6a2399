import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { V1Container, V1PodSpec, V1SecurityContext } from '@kubernetes/client-node';
import type { ClusterName } from '../../shared/config.ts';
import { batchJob } from '../../shared/manifests/batch-job.ts';
import { inferenceService } from '../../shared/manifests/inference-service.ts';
import type { JobSpec } from '../../shared/manifests/job-spec.ts';
import { pytorchJob } from '../../shared/manifests/pytorch-job.ts';
import { sparkApplication } from '../../shared/manifests/spark-application.ts';
import { parsePipeline } from '../../shared/parse-pipeline.ts';
import { ROOT } from '../kit/running-platform.ts';

export type Level = 'baseline' | 'restricted';

/** The specs of the pods that operators make of the iris pipeline's manifests, as far as admission looks at them. */
export function podSpecs(cluster: ClusterName): V1PodSpec[] {
  const parsed = parsePipeline(readFileSync(join(ROOT, 'workloads/pipelines/iris/pipeline.yaml'), 'utf8'), 'iris');
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const { pipeline } = parsed;
  const image = 'registry.example/image@sha256:1';
  const job: JobSpec = {
    ...{ pipeline, image, runId: 'iris-20260101-000000-abcdef', batchId: 'b', stage: 'train', attempt: 1 },
    ...{ input: 'i', output: 'o', lakeUrl: 'https://lake' },
  };
  if (cluster === 'data-processing')
    return [...sparkPods(sparkApplication({ ...job, stage: 'process' }).spec), ...collectPods(job)];
  if (cluster === 'training') return trainingPods(pytorchJob(job).spec);
  return [predictorPod(inferenceService({ pipeline, version: 'v', image }).spec)];
}

interface SparkPod {
  cores: number;
  memory: string;
  serviceAccount: string;
  securityContext?: V1SecurityContext;
}

/** Spark asks for the cores, and for the memory with its overhead as request and limit alike. */
function sparkPods(spec: Record<string, unknown>): V1PodSpec[] {
  return ['driver', 'executor'].map((role) => {
    const { cores, memory, serviceAccount, securityContext } = spec[role] as SparkPod;
    const resources = { requests: { cpu: String(cores), memory }, limits: { memory } };
    const container = { name: `spark-kubernetes-${role}`, resources, ...(securityContext && { securityContext }) };
    return { serviceAccountName: serviceAccount, containers: [container] };
  });
}

/** Of each source that is a script, the one pod of its Job. */
function collectPods(job: JobSpec): V1PodSpec[] {
  const scripts = job.pipeline.sources.filter((source) => source.type === 'script');
  return scripts.map((source) => {
    const { template } = batchJob({ ...job, source, stage: 'collect' }).spec as { template: { spec: V1PodSpec } };
    return template.spec;
  });
}

/** Workers get a container of the operator's before their own. */
function trainingPods(spec: Record<string, unknown>): V1PodSpec[] {
  const replicas = spec['pytorchReplicaSpecs'] as Record<string, { template: { spec: V1PodSpec } }>;
  const settings = readFileSync(join(ROOT, 'workloads/clusters/training/training-operator.settings.yaml'), 'utf8');
  const [configMap] = settings.split('\n---\n').map((text) => parse(text) as { data: Record<string, string> });
  // The placeholders are the operator's; as they stand they would not be YAML.
  const template = (configMap?.data['initContainer.yaml'] ?? '').replace(/{{\.(\w+)}}/g, '$1');
  const initContainers = parse(template) as V1Container[];
  return Object.entries(replicas).map(
    ([
      type,
      {
        template: { spec: pod },
      },
    ]) => (type === 'Worker' ? { ...pod, initContainers } : pod),
  );
}

/** Knative sets the security context that is asked for nowhere, if it is told to. */
function predictorPod(spec: Record<string, unknown>): V1PodSpec {
  const settings = readFileSync(join(ROOT, 'workloads/clusters/serving/knative.settings.yaml'), 'utf8');
  const pod = spec['predictor'] as V1PodSpec;
  if (!settings.includes('secure-pod-defaults: enabled')) return pod;
  const securityContext: V1SecurityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  return { ...pod, containers: pod.containers.map((one) => ({ securityContext, ...one })) };
}

/**
 * What of a pod a Pod Security level refuses, by the fields that pods of ours could have.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function violations(level: Level, spec: V1PodSpec): string[] {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const host = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]);
  const volumes = (spec.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => `${name}: hostPath`);
  const found = containers.flatMap(({ name, ports = [], securityContext: context = {} }) => {
    const baseline = {
      hostPort: ports.some(({ hostPort }) => hostPort),
      privileged: context.privileged,
      'capabilities.add': context.capabilities?.add?.length,
    };
    const restricted = {
      allowPrivilegeEscalation: context.allowPrivilegeEscalation !== false,
      'capabilities.drop': !context.capabilities?.drop?.includes('ALL'),
      runAsNonRoot: !(context.runAsNonRoot ?? spec.securityContext?.runAsNonRoot),
      seccompProfile: !(context.seccompProfile ?? spec.securityContext?.seccompProfile),
    };
    const bad = { ...baseline, ...(level === 'restricted' && restricted) };
    return Object.entries(bad).flatMap(([field, isBad]) => (isBad ? [`${name}: ${field}`] : []));
  });
  return [...host, ...volumes, ...found];
}
