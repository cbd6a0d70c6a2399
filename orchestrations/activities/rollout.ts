import { inferenceService } from '../../shared/manifests/inference-service.ts';
import type { Aliases } from '../../shared/clients/models.ts';
import { modelSubject } from '../../shared/lifecycle-events.ts';
import { runIdOf } from '../../shared/names.ts';
import { locate, readPinned, type ActivityContext } from './context.ts';

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
