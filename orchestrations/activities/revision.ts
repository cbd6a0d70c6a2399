import type { V1Pod } from '@kubernetes/client-node';
import { REVISION_LABEL } from '../../shared/clients/predictor.ts';
import { podTrouble } from '../../shared/jobs/pod-trouble.ts';
import { readyPod } from '../../shared/jobs/ready-pod.ts';
import { revisionState } from '../../shared/jobs/revision-state.ts';
import { inferenceService } from '../../shared/manifests/inference-service.ts';
import { LABELS } from '../../shared/names.ts';
import { locate, readPinned, type ActivityContext } from './context.ts';
import { LINE_LIMIT } from './job-log.ts';
import type { RolloutRef } from './rollout.ts';

/** Applies the new version: with a champion it first gets none of the traffic, else there is none to keep from it. */
export async function applyRevision(
  context: ActivityContext,
  { runId, image, beside }: { runId: string; image: string; beside: boolean },
): Promise<void> {
  const { batchId } = locate(runId);
  const { pipeline } = await readPinned(context, runId);
  const manifest = inferenceService({ pipeline, version: batchId, image, ...(beside && { trafficPercent: 0 }) });
  await context.clients.cluster('serving').apply(manifest);
}

/** Gives the new version all of the traffic, by leaving the canary field out. */
export async function promoteRevision(
  context: ActivityContext,
  { runId, image }: { runId: string; image: string },
): Promise<void> {
  await applyRevision(context, { runId, image, beside: false });
}

export type RevisionSighting =
  | { state: 'Waiting'; detail: string }
  | { state: 'Ready'; revision: string; trafficPercent: number }
  | { state: 'Failed'; reason: string; message: string; hint?: string }
  | { state: 'Cancelled' };

/** Looks at the newest revision, once it serves a run's version: its pod's own label tells which version that is. */
export async function observeRevision(
  context: ActivityContext,
  { runId, byHand }: RolloutRef,
): Promise<RevisionSighting> {
  if (!byHand && (await context.clients.runs.cancelRequested(runId))) return { state: 'Cancelled' };
  const { pipeline, batchId } = locate(runId);
  const cluster = context.clients.cluster('serving');
  const object = await cluster.get('InferenceService', pipeline);
  if (!object) return { state: 'Waiting', detail: 'KServe to take up the InferenceService' };
  const { traffic, ready } = revisionState(object);
  const pods = await versionPods(context, pipeline, batchId);
  if (ready !== undefined && readyPod(pods.filter((pod) => pod.metadata?.labels?.[REVISION_LABEL] === ready))) {
    return { state: 'Ready', revision: ready, trafficPercent: traffic[ready] ?? 0 };
  }
  const trouble = podTrouble(pods) ?? crashLoop(pods);
  if (trouble) {
    const name = pods[0]?.metadata?.name;
    const log = name === undefined ? [] : (await cluster.log(name, 'kserve-container', 15)).lines;
    const last = log.map((line) => line.slice(0, LINE_LIMIT));
    const message = [trouble.message, ...(last.length > 0 ? ['Last log lines:', ...last] : [])].join('\n');
    return { state: 'Failed', reason: trouble.reason, message, hint: trouble.hint };
  }
  return { state: 'Waiting', detail: 'the new revision to be ready' };
}

function crashLoop(pods: Parameters<typeof podTrouble>[0]) {
  const waiting = pods
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .find(({ state }) => state?.waiting?.reason === 'CrashLoopBackOff')?.state?.waiting;
  if (!waiting) return undefined;
  return {
    reason: 'CrashLoopBackOff',
    message: waiting.message ?? 'The predictor ends as soon as it starts.',
    hint: 'See predictor.py.',
  };
}

/** A version that was promoted again has pods of more than one revision. */
function versionPods({ clients }: ActivityContext, pipeline: string, version: string): Promise<V1Pod[]> {
  return clients.cluster('serving').pods(`${LABELS.pipeline}=${pipeline},${LABELS.version}=${version}`);
}
