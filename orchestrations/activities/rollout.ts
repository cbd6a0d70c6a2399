import { firstDifference, goldenSchema } from '../../shared/golden.ts';
import { podTrouble } from '../../shared/jobs/pod-trouble.ts';
import { revisionState } from '../../shared/jobs/revision-state.ts';
import { inferenceService } from '../../shared/manifests/inference-service.ts';
import type { V1Pod } from '@kubernetes/client-node';
import type { Aliases } from '../../shared/clients/models.ts';
import { REVISION_LABEL } from '../../shared/clients/predictor.ts';
import { modelSubject } from '../../shared/lifecycle-events.ts';
import { LABELS, runIdOf } from '../../shared/names.ts';
import { readyPod } from '../../shared/jobs/ready-pod.ts';
import { locate, readJson, readPinned, type ActivityContext } from './context.ts';

/** What is rolled out, by whom: a run, or somebody who promotes an earlier version by hand. */
export interface RolloutRef {
  /** The run that made the version. */
  runId: string;
  /** What holds the claim on the aliases. */
  holder: string;
  byHand: boolean;
}

export type RolloutClaim =
  | { result: 'Claimed'; champion?: { version: string; image: string } }
  | { result: 'Superseded'; by: string }
  | { result: 'ChampionChanged'; to?: string }
  | { result: 'Held'; by: string }
  | { result: 'Waking'; detail: string }
  | { result: 'Cancelled' };

/**
 * Claims the pipeline's alias row for a rollout. Refused are a second rollout while one goes on, a batch older than the
 * champion's (unless a person wants just that), and a model that was judged against another champion than there is now.
 * Claiming what one holds already is fine.
 */
export async function claimRollout(
  context: ActivityContext,
  { runId, holder, byHand, judgedAgainst }: RolloutRef & { judgedAgainst?: { champion?: string } },
): Promise<RolloutClaim> {
  if (!byHand && (await context.clients.runs.cancelRequested(runId))) return { result: 'Cancelled' };
  const wakefulness = await context.clients.cluster('serving').wake();
  if (!wakefulness.awake) return { result: 'Waking', detail: wakefulness.detail };
  const { pipeline, batchId } = locate(runId);
  let refusal: RolloutClaim | undefined;
  const moved = await context.clients.models.move(pipeline, (now) => {
    refusal = refuse(now, { batchId, holder, byHand, judgedAgainst });
    return refusal ? undefined : { ...now, rollout: holder };
  });
  if (!moved) return refusal ?? { result: 'Held', by: 'another writer' };
  const { champion, championImage } = moved;
  // The champion may be this very version when a finished rollout is repeated after a crash.
  if (!champion || !championImage || champion === batchId) return { result: 'Claimed' };
  return { result: 'Claimed', champion: { version: champion, image: championImage } };
}

function refuse(
  now: Aliases,
  wanted: {
    batchId: string;
    holder: string;
    byHand: boolean;
    judgedAgainst: { champion?: string } | undefined;
  },
): RolloutClaim | undefined {
  const { batchId, holder, byHand, judgedAgainst } = wanted;
  const { champion, rollout } = now;
  if (!byHand && champion !== undefined && champion > batchId) return { result: 'Superseded', by: champion };
  if (rollout !== undefined && rollout !== holder) return { result: 'Held', by: rollout };
  if (judgedAgainst && champion !== batchId && champion !== judgedAgainst.champion) {
    return { result: 'ChampionChanged', ...(champion && { to: champion }) };
  }
  return undefined;
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

/** A version that was promoted again has pods of more than one revision. */
function versionPods({ clients }: ActivityContext, pipeline: string, version: string): Promise<V1Pod[]> {
  return clients.cluster('serving').pods(`${LABELS.pipeline}=${pipeline},${LABELS.version}=${version}`);
}

/** Sends the golden requests to the new revision; answers what differs, or nothing. */
export async function checkGolden(
  { clients }: ActivityContext,
  { runId, revision }: { runId: string; revision: string },
): Promise<{ difference?: string; asked: number }> {
  const { pipeline, paths } = locate(runId);
  const golden = goldenSchema.parse(await readJson(clients, `${paths.model}/golden.json`));
  for (const [index, request] of golden.requests.entries()) {
    const path = `/v1/models/${pipeline}:predict`;
    const body = JSON.stringify(request);
    const answer = await clients.predictor.ask(pipeline, revision, { method: 'POST', path, body });
    if (!answer) throw new Error(`Revision ${revision} cannot be asked any more`);
    const asked = index + 1;
    if (answer.status !== 200) {
      return { asked, difference: `golden request ${asked}: status ${answer.status}: ${answer.body.slice(0, 500)}` };
    }
    const difference = firstDifference(golden.responses[index], JSON.parse(answer.body), golden.tolerance);
    if (difference) return { asked, difference: `golden request ${asked}: ${difference}` };
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

/** Moves the champion alias to a version, ends the claim, and tells the world. */
export async function moveChampion(
  context: ActivityContext,
  { runId, holder, byHand, image }: RolloutRef & { image: string },
): Promise<void> {
  const { models, events } = context.clients;
  const { pipeline, batchId: version } = locate(runId);
  let replaced: string | undefined;
  await models.move(pipeline, ({ rollout: _ended, challenger, ...now }) => {
    replaced = now.champion === version ? undefined : now.champion;
    const stillComing = challenger !== undefined && challenger !== version && { challenger };
    return { ...now, champion: version, championImage: image, ...stillComing };
  });
  await models.note(pipeline, version, { status: 'Deployed' });
  await events.publish({
    name: 'ModelPromoted',
    key: holder,
    subject: modelSubject(pipeline, version),
    data: { pipeline, version, image, ...(replaced && { replaced }), byHand },
  });
}

/**
 * Undoes what a rollout did: the champion's whole specification is applied again, or the InferenceService is deleted
 * where there was no champion. Who does not hold the claim changes nothing.
 */
export async function rollBack(
  context: ActivityContext,
  { runId, holder, byHand }: RolloutRef,
): Promise<{ to?: string }> {
  const { clients } = context;
  const { pipeline: name, batchId: version } = locate(runId);
  const now = await clients.models.aliases(name);
  if (now.rollout !== holder) return {};
  const cluster = clients.cluster('serving');
  if (now.champion && now.championImage) {
    const { pipeline } = await readPinned(context, runIdOf(name, now.champion));
    await cluster.apply(inferenceService({ pipeline, version: now.champion, image: now.championImage }));
  } else {
    await cluster.remove('InferenceService', name);
  }
  await clients.models.move(name, (aliases) => {
    if (aliases.rollout !== holder) return undefined;
    const { rollout: _ended, ...rest } = aliases;
    return rest;
  });
  const to = now.champion;
  await clients.events.publish({
    name: 'RolloutRolledBack',
    key: holder,
    subject: modelSubject(name, version),
    data: { pipeline: name, version, ...(to && { to }), byHand },
  });
  return { ...(to && { to }) };
}
