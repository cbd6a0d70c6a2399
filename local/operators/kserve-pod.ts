import { createHash } from 'node:crypto';
import { ownedBy, type Kind } from './controller.ts';
import { envList, NODE, type ContainerSpec, type KubeObject } from './kube-object.ts';
import type { RevisionTemplate } from './kserve.ts';

/** Label of the revision that a pod serves. */
export const REVISION = 'serving.knative.dev/revision';
/** Label of the service that a pod or a revision belongs to. */
export const SERVICE = 'serving.kserve.io/inferenceservice';

const DEFAULT_PROBE = '/v2/health/ready';

/** The name of a revision's pod. */
export function podName({ metadata }: KubeObject, revision: string, index: number): string {
  const hash = createHash('sha256').update(`${metadata.uid}/${index}`).digest('hex');
  return `${revision}-deployment-${hash.slice(0, 10)}`;
}

/** A pod of a revision, told by Knative's contract which port it is to listen on. */
export function revisionPod(
  kind: Kind,
  isvc: KubeObject,
  { predictor, labels }: RevisionTemplate,
  { name, revision, port }: { name: string; revision: string; port: number },
): KubeObject {
  const { namespace } = isvc.metadata;
  const service = `${isvc.metadata.name}-predictor`;
  const [container] = predictor['containers'] as [ContainerSpec];
  const knative = { PORT: String(port), K_REVISION: revision, K_CONFIGURATION: service, K_SERVICE: service };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(namespace && { namespace }),
      labels: {
        ...labels,
        ...(predictor['labels'] as Record<string, string> | undefined),
        app: revision,
        component: 'predictor',
        [SERVICE]: isvc.metadata.name,
        [REVISION]: revision,
        'serving.knative.dev/service': service,
        'serving.knative.dev/configuration': service,
      },
      ownerReferences: ownedBy(kind, isvc),
    },
    spec: {
      nodeName: NODE,
      restartPolicy: 'Always',
      ...(predictor['serviceAccountName'] ? { serviceAccountName: predictor['serviceAccountName'] } : {}),
      containers: [
        {
          ...container,
          name: container.name || 'kserve-container',
          env: [...(container.env ?? []), ...envList(knative)],
          ports: [{ name: 'user-port', containerPort: port, protocol: 'TCP' }],
          readinessProbe: { httpGet: { path: container.readinessProbe?.httpGet?.path ?? DEFAULT_PROBE, port } },
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
    },
  };
}
