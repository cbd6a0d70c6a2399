import { adoptStage } from './adopt.ts';
import { advanceBackfill } from './backfill.ts';
import { cleanUp, closeRun, openRun, type Closing } from './close.ts';
import { announceStage } from './announce.ts';
import { closeBatch, startRun, surveyLanding } from './collect.ts';
import { removeCollectJob, submitCollectJob } from './collect-script.ts';
import { beginCollection, collectSource, recordCollection } from './collection.ts';
import type { ActivityContext } from './context.ts';
import type { DurablePort } from './durable-port.ts';
import { checkGolden } from './golden-check.ts';
import { observeJob } from './job.ts';
import { buildModelImage } from './model-image.ts';
import { pinRun } from './pin.ts';
import { recordModel } from './record.ts';
import {
  alertReviewers,
  concludeReview,
  endReview,
  openReview,
  readReview,
  supersedeReviews,
  type ReviewRequest,
} from './review.ts';
import { applyRevision, observeRevision, promoteRevision } from './revision.ts';
import { claimRollout, moveChampion, rollBack } from './rollout.ts';
import { submitJob } from './submit-job.ts';
import { validateModel } from './validate.ts';

/** All activities by name, each taking one JSON-safe input; those that start orchestrations take a Durable client too. */
export function createActivities(context: ActivityContext) {
  const bind =
    <Input, Output>(activity: (context: ActivityContext, input: Input) => Promise<Output>) =>
    (input: Input): Promise<Output> =>
      activity(context, input);
  const plain = {
    surveyLanding: bind(surveyLanding),
    closeBatch: bind(closeBatch),
    beginCollection: bind(beginCollection),
    collectSource: bind(collectSource),
    submitCollectJob: bind(submitCollectJob),
    removeCollectJob: bind(removeCollectJob),
    recordCollection: bind(recordCollection),
    openRun: bind(openRun),
    pinRun: bind(pinRun),
    announceStage: bind(announceStage),
    adoptStage: bind(adoptStage),
    submitJob: bind(submitJob),
    observeJob: bind(observeJob),
    recordModel: bind(recordModel),
    validateModel: bind(validateModel),
    alertReviewers: bind(alertReviewers),
    readReview: bind(readReview),
    endReview: bind(endReview),
    concludeReview: bind(concludeReview),
    buildModelImage: bind(buildModelImage),
    claimRollout: bind(claimRollout),
    applyRevision: bind(applyRevision),
    observeRevision: bind(observeRevision),
    checkGolden: bind(checkGolden),
    promoteRevision: bind(promoteRevision),
    moveChampion: bind(moveChampion),
    rollBack: bind(rollBack),
    cleanUp: bind(cleanUp),
  };
  const starting = {
    startRun: (input: Parameters<typeof startRun>[2], durable: DurablePort) => startRun(context, durable, input),
    openReview: (input: ReviewRequest, durable: DurablePort) => openReview(context, durable, input),
    supersedeReviews: (input: Parameters<typeof supersedeReviews>[2], durable: DurablePort) =>
      supersedeReviews(context, durable, input),
    advanceBackfill: (input: Parameters<typeof advanceBackfill>[2], durable: DurablePort) =>
      advanceBackfill(context, durable, input),
    closeRun: (input: Closing, durable: DurablePort) => closeRun(context, durable, input),
  };
  return { plain, starting };
}

type Created = ReturnType<typeof createActivities>;
export type Activities = Created['plain'] & Created['starting'];
