import { firstDifference, goldenSchema } from '../../shared/golden.ts';
import { podTrouble } from '../../shared/jobs/pod-trouble.ts';
import { revisionState } from '../../shared/jobs/revision-state.ts';
import { inferenceService } from '../../shared/manifests/inference-service.ts';
import { LABELS } from '../../shared/names.ts';
import { readyPod } from '../../shared/jobs/ready-pod.ts';
import { locate, readJson, readPinned, type ActivityContext } from './context.ts';

export type RolloutClaim =
  | { ok: true; champion?: { version: string; image: string } }
  | { ok: false; superseded: true; by: string }
  | { ok: false; superseded: false; heldBy: string };

/**
 * Claims the pipeline's alias row for a rollout. A batch older than the champion's is refused, and so is a second
 * rollout while one goes on. Claiming what one holds already is fine.
 */
export async function claimRollout(context: ActivityContext, { runId }: { runId: string }): Promise<RolloutClaim> {
  const { pipeline, batchId } = locate(runId);
  let refusal: RolloutClaim | undefined;
  const moved = await context.clients.models.move(pipeline, (now) => {
    refusal = undefined;
    if (now.champion !== undefined && now.champion > batchId)
      refusal = { ok: false, superseded: true, by: now.champion };
    else if (now.rollout !== undefined && now.rollout !== runId) {
      refusal = { ok: false, superseded: false, heldBy: now.rollout };
    }
    return refusal ? undefined : { ...now, rollout: runId };
  });
  if (!moved) return refusal ?? { ok: false, superseded: false, heldBy: 'another writer' };
  const { champion, championImage } = moved;
  // The champion may be this very version when a finished rollout is repeated after a crash.
  if (!champion || !championImage || champion === batchId) return { ok: true };
  return { ok: true, champion: { version: champion, image: championImage } };
}

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

export type RevisionSighting =
  | { state: 'Waiting'; detail: string }
  | { state: 'Ready'; revision: string; trafficPercent: number }
  | { state: 'Failed'; reason: string; message: string; hint?: string }
  | { state: 'Cancelled' };

/** Looks at the revision that serves a run's version: its pod's own label tells which one that is. */
export async function observeRevision(
  context: ActivityContext,
  { runId }: { runId: string },
): Promise<RevisionSighting> {
  if (await context.clients.runs.cancelRequested(runId)) return { state: 'Cancelled' };
  const { pipeline, batchId } = locate(runId);
  const cluster = context.clients.cluster('serving');
  const object = await cluster.get('InferenceService', pipeline);
  if (!object) return { state: 'Waiting', detail: 'KServe to take up the InferenceService' };
  const { traffic, ready } = revisionState(object);
  const pods = await cluster.pods(`${LABELS.pipeline}=${pipeline},${LABELS.version}=${batchId}`);
  const pod = readyPod(pods);
  const revision = pod?.metadata?.labels?.['serving.knative.dev/revision'];
  if (pod && revision && revision === ready)
    return { state: 'Ready', revision, trafficPercent: traffic[revision] ?? 0 };
  const trouble = podTrouble(pods) ?? crashLoop(pods);
  if (trouble) {
    const log = pods[0]?.metadata?.name ? await cluster.log(pods[0].metadata.name, 'kserve-container', 15) : '';
    const message = log ? `${trouble.message}\nLast log lines:\n${log}` : trouble.message;
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

/** Sends the golden requests to the version's own pod; answers what differs, or nothing. */
export async function checkGolden(
  context: ActivityContext,
  { runId }: { runId: string },
): Promise<{ difference?: string; asked: number }> {
  const { pipeline, batchId, paths } = locate(runId);
  const cluster = context.clients.cluster('serving');
  const golden = goldenSchema.parse(await readJson(context.clients, `${paths.model}/golden.json`));
  const pod = readyPod(await cluster.pods(`${LABELS.pipeline}=${pipeline},${LABELS.version}=${batchId}`));
  if (!pod) throw new Error('The new revision has no ready pod any more');
  for (const [index, request] of golden.requests.entries()) {
    const path = `/v1/models/${pipeline}:predict`;
    const answer = await cluster.ask(pod.name, pod.port, { method: 'POST', path, body: JSON.stringify(request) });
    if (answer.status !== 200) {
      return {
        asked: index + 1,
        difference: `golden request ${index + 1}: status ${answer.status}: ${answer.body.slice(0, 500)}`,
      };
    }
    const difference = firstDifference(golden.responses[index], JSON.parse(answer.body), golden.tolerance);
    if (difference) return { asked: index + 1, difference: `golden request ${index + 1}: ${difference}` };
  }
  return { asked: golden.requests.length };
}

/** Gives the new version all of the traffic, by leaving the canary field out. */
export async function promoteRevision(
  context: ActivityContext,
  { runId, image }: { runId: string; image: string },
): Promise<void> {
  await applyRevision(context, { runId, image, beside: false });
}

/** Moves the champion alias to a run's version and ends its claim. */
export async function moveChampion(
  context: ActivityContext,
  { runId, image }: { runId: string; image: string },
): Promise<void> {
  const { pipeline, batchId } = locate(runId);
  await context.clients.models.move(pipeline, ({ rollout: _ended, ...now }) => ({
    ...now,
    champion: batchId,
    championImage: image,
  }));
}

/**
 * Undoes what a run's rollout did: the champion's whole specification is applied again, or the InferenceService is
 * deleted where there was no champion. A run that does not hold the claim changes nothing.
 */
export async function rollBack(context: ActivityContext, { runId }: { runId: string }): Promise<{ to?: string }> {
  const { clients } = context;
  const { pipeline: name, batchId } = locate(runId);
  const now = await clients.models.aliases(name);
  if (now.rollout !== runId) return {};
  const cluster = clients.cluster('serving');
  if (now.champion && now.championImage && now.champion !== batchId) {
    const { pipeline } = await readPinned(context, runId);
    await cluster.apply(inferenceService({ pipeline, version: now.champion, image: now.championImage }));
  } else if (!now.champion) {
    await cluster.remove('InferenceService', name);
  }
  await clients.models.move(name, (aliases) => {
    if (aliases.rollout !== runId) return undefined;
    const { rollout: _ended, ...rest } = aliases;
    return rest;
  });
  return now.champion ? { to: now.champion } : {};
}
