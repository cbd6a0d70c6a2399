import type { ClusterName } from '../config.ts';

/** The objects that Landfall makes, where they live and how their API is addressed. */
export const KINDS = {
  SparkApplication: {
    group: 'sparkoperator.k8s.io',
    version: 'v1beta2',
    plural: 'sparkapplications',
    cluster: 'data-processing',
  },
  Job: { group: 'batch', version: 'v1', plural: 'jobs', cluster: 'data-processing' },
  PyTorchJob: { group: 'kubeflow.org', version: 'v1', plural: 'pytorchjobs', cluster: 'training' },
  InferenceService: { group: 'serving.kserve.io', version: 'v1beta1', plural: 'inferenceservices', cluster: 'serving' },
} as const satisfies Record<string, { group: string; version: string; plural: string; cluster: ClusterName }>;

export type Kind = keyof typeof KINDS;

/** A Kubernetes object of one of our kinds. */
export interface Manifest {
  apiVersion: string;
  kind: Kind;
  metadata: { name: string; namespace: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

/** An object as the cluster gives it back. */
export interface ClusterObject {
  metadata: { name: string; uid: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  spec: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** The `apiVersion` of a kind. */
export function apiVersion(kind: Kind): string {
  return `${KINDS[kind].group}/${KINDS[kind].version}`;
}
