import { isDeepStrictEqual } from 'node:util';
import { ownedBy, writeStatus, type Kind, type Operator } from './controller.ts';
import { freePort } from './free-port.ts';
import type { Gateway } from './gateway.ts';
import type { Kube } from './kube.ts';
import { holds, podsPath, type KubeObject } from './kube-object.ts';
import { podName, REVISION, revisionPod, SERVICE } from './kserve-pod.ts';
import { hostsOf, inferenceStatus } from './kserve-status.ts';
import { noteRollout, shareTraffic, type Revisions } from './kserve-traffic.ts';

/** The kind that KServe looks after. */
export const ISVC: Kind = {
  apiVersion: 'serving.kserve.io/v1beta1',
  ...{ kind: 'InferenceService', plural: 'inferenceservices' },
};

/** What a revision is made of; it never changes. Traffic is no part of it. */
export interface RevisionTemplate {
  predictor: Record<string, unknown>;
  labels: Record<string, string>;
}

/** Acts as KServe 0.20 does in Knative mode. Knative's Revision objects are config maps here, since its kinds are not served. */
export function kserve(kube: Kube, gateway: Gateway): Operator {
  const latestRevision = async (isvc: KubeObject) => {
    const known = await listRevisions(kube, isvc);
    const template = templateOf(isvc);
    const latest = known.at(-1);
    if (latest && isDeepStrictEqual(readTemplate(latest), template)) return known;
    const number = Number(latest?.metadata.name.slice(-5) ?? 0) + 1;
    const name = `${isvc.metadata.name}-predictor-${String(number).padStart(5, '0')}`;
    const revision = revisionObject(isvc, name, template);
    if (!(await kube.ensure(mapsPath(isvc), revision))) throw new Error(`${name} of an earlier service is still there`);
    return [...known, revision];
  };
  const keepPods = async (isvc: KubeObject, revision: KubeObject, pods: KubeObject[]) => {
    const template = readTemplate(revision);
    // Nothing here would wake a revision that has no pod, so none is scaled to zero.
    for (let index = 0; index < Math.max(1, Number(template.predictor['minReplicas'] ?? 1)); index++) {
      const name = podName(isvc, revision.metadata.name, index);
      if (pods.some(({ metadata }) => metadata.name === name)) continue;
      const identity = { name, revision: revision.metadata.name, port: await freePort() };
      await kube.ensure(podsPath(isvc.metadata.namespace), revisionPod(ISVC, isvc, template, identity));
    }
  };
  return {
    kind: ISVC,
    async reconcile(isvc, pods) {
      const refusal = unsupported(isvc);
      if (refusal) return void (await writeStatus(kube, ISVC, isvc, refused(isvc, refusal)));
      const known = await latestRevision(isvc);
      const { revisions, traffic } = follow(isvc, known.at(-1)?.metadata.name ?? '', pods);
      gateway.route(isvc.metadata.uid ?? '', hostsOf(isvc, traffic, pods));
      const status = inferenceStatus(isvc, revisions, traffic, pods);
      await writeStatus(kube, ISVC, isvc, status);
      if (holds(isvc, 'Ready') !== holds({ ...isvc, status }, 'Ready')) tell(kube, { ...isvc, status });
      const needed = new Set([revisions.latestCreatedRevision, ...traffic.map(({ revisionName }) => revisionName)]);
      for (const pod of pods) {
        const isLost = pod.status?.phase === 'Failed';
        if (pod.metadata.deletionTimestamp || (!isLost && needed.has(pod.metadata.labels?.[REVISION]))) continue;
        await kube.removePod(pod);
      }
      for (const revision of known.filter(({ metadata }) => needed.has(metadata.name)))
        await keepPods(isvc, revision, pods);
      return undefined;
    },
    forget: ({ metadata }) => gateway.route(metadata.uid ?? '', new Map()),
  };
}

/** Where a service's revisions and its traffic have come to. */
export function follow(isvc: KubeObject, created: string, pods: KubeObject[]) {
  const before = (isvc.status?.components?.predictor ?? {}) as Revisions;
  const isReady = pods.some((pod) => pod.metadata.labels?.[REVISION] === created && holds(pod, 'Ready'));
  const ready = isReady ? created : before.latestReadyRevision;
  const seen = { ...before, latestCreatedRevision: created, ...(ready && { latestReadyRevision: ready }) };
  const hasTags = isvc.metadata.annotations?.['serving.kserve.io/enable-tag-routing'] === 'true';
  const traffic = shareTraffic(seen, isvc.spec.predictor.canaryTrafficPercent, hasTags);
  return { revisions: noteRollout(seen, traffic), traffic };
}

const mapsPath = ({ metadata }: KubeObject) => `/api/v1/namespaces/${metadata.namespace}/configmaps`;

async function listRevisions(kube: Kube, isvc: KubeObject): Promise<KubeObject[]> {
  const selector = encodeURIComponent(`${SERVICE}=${isvc.metadata.name}`);
  const found = await kube.list(`${mapsPath(isvc)}?labelSelector=${selector}`);
  return found
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === isvc.metadata.uid))
    .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}

function revisionObject(isvc: KubeObject, name: string, template: RevisionTemplate): KubeObject {
  const metadata = { name, labels: { [SERVICE]: isvc.metadata.name }, ownerReferences: ownedBy(ISVC, isvc) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { template: JSON.stringify(template) } };
}

const readTemplate = ({ data }: KubeObject) => JSON.parse(data?.['template'] ?? '{}') as RevisionTemplate;

function templateOf({ metadata, spec }: KubeObject): RevisionTemplate {
  const { canaryTrafficPercent: _share, ...predictor } = spec.predictor;
  return { predictor, labels: metadata.labels ?? {} };
}

function unsupported({ metadata, spec }: KubeObject): string | undefined {
  const mode = metadata.annotations?.['serving.kserve.io/deploymentMode'];
  if (!['Knative', 'Serverless'].includes(mode ?? '')) return `deploymentMode ${mode ?? '(none)'}, only Knative is,`;
  const other = ['transformer', 'explainer', 'canary'].find((field) => spec[field]);
  if (other) return `spec.${other}`;
  const { containers, logger } = spec.predictor;
  if (logger) return 'spec.predictor.logger';
  if (containers?.length !== 1) return 'a predictor without exactly one container of its own';
  return containers[0].env?.some(({ name }: { name: string }) => name === 'STORAGE_URI') ? 'STORAGE_URI' : undefined;
}

function refused(isvc: KubeObject, what: string): object {
  const before = isvc.status?.conditions?.[0];
  const message = `${what} is not supported on this machine`;
  if (before?.message === message) return isvc.status;
  return { conditions: [{ type: 'Ready', status: 'False', reason: 'Unsupported', message }] };
}

function tell(kube: Kube, isvc: KubeObject): void {
  const isReady = holds(isvc, 'Ready');
  const message = `InferenceService [${isvc.metadata.name}] is ${isReady ? '' : 'no longer '}Ready`;
  kube.event(isvc, isReady ? 'InferenceServiceReady' : 'InferenceServiceNotReady', message);
}
