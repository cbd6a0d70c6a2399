import { CODE_ROOT } from '../images/code-layer.ts';
import { LABELS, NAMESPACE } from '../names.ts';
import type { Pipeline } from '../pipeline.ts';
import { WORKLOAD_IDENTITY } from './job-spec.ts';
import { apiVersion, type Manifest } from './kinds.ts';
import { declaredEnvironment, placement, RESTRICTED } from './pod-options.ts';

export interface ServingSpec {
  pipeline: Pick<Pipeline, 'name' | 'rollout'>;
  version: string;
  /** Model image by digest. */
  image: string;
  /** Share of the traffic for the new revision; absent means all of it. */
  trafficPercent?: number;
}

/** The port that Knative gives a container which names none. */
const PORT = 8080;

/** The InferenceService (v1beta1, Knative mode) that serves a model version; server-side apply makes or changes it. */
export function inferenceService({ pipeline, version, image, trafficPercent }: ServingSpec): Manifest {
  const { resources, pods } = pipeline.rollout;
  const { cpu, memory } = resources;
  return {
    apiVersion: apiVersion('InferenceService'),
    kind: 'InferenceService',
    metadata: {
      name: pipeline.name,
      namespace: NAMESPACE,
      labels: { [LABELS.pipeline]: pipeline.name },
      // Said explicitly, since the cluster's default may differ and the mode can never be changed later.
      annotations: { 'serving.kserve.io/deploymentMode': 'Knative', 'serving.kserve.io/enable-tag-routing': 'true' },
    },
    spec: {
      predictor: {
        ...(trafficPercent !== undefined && { canaryTrafficPercent: trafficPercent }),
        minReplicas: 1,
        serviceAccountName: 'serve',
        ...placement(pods),
        labels: { [LABELS.pipeline]: pipeline.name, [LABELS.version]: version, ...WORKLOAD_IDENTITY },
        containers: [
          {
            name: 'kserve-container',
            image,
            imagePullPolicy: 'IfNotPresent',
            command: ['python', `${CODE_ROOT}/pipeline/predictor.py`],
            env: [
              { name: 'LANDFALL_PIPELINE', value: pipeline.name },
              { name: 'LANDFALL_MODEL_VERSION', value: version },
              ...declaredEnvironment(pods),
            ],
            ports: [{ containerPort: PORT, protocol: 'TCP' }],
            resources: { requests: { cpu, memory }, limits: { cpu, memory } },
            securityContext: RESTRICTED,
            readinessProbe: { httpGet: { path: `/v1/models/${pipeline.name}`, port: PORT } },
          },
        ],
      },
    },
  };
}
