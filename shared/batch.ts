/** What waits in a pipeline's landing zone, as the collector sees it. Times are ISO 8601. */
export interface LandingSurvey {
  waiting: number;
  oldestAt?: string;
  newestAt?: string;
  /** The pipeline's completion marker has come. */
  marked: boolean;
}

export interface BatchLimits {
  quietMs: number;
  maxWaitMs: number;
  maxFiles: number;
}

export type BatchDecision = { close: true; because: string } | { close: false; lookAgainAt: Date };

/** Least time between two looks: Durable timers fire up to a second early, so "not yet due" needs a floor. */
const FLOOR_MS = 500;

/** Whether the files that wait make a batch now, or when to look again. */
export function decideBatch(survey: LandingSurvey, limits: BatchLimits, now: Date): BatchDecision {
  if (survey.marked) return { close: true, because: 'the completion marker has come' };
  if (survey.waiting >= limits.maxFiles) return { close: true, because: `${survey.waiting} files wait` };
  const quietAt = at(survey.newestAt, now) + limits.quietMs;
  const latestAt = at(survey.oldestAt, now) + limits.maxWaitMs;
  const due = Math.min(quietAt, latestAt);
  if (now.getTime() >= due) {
    return { close: true, because: quietAt <= latestAt ? 'the landing zone is quiet' : 'the longest wait is over' };
  }
  return { close: false, lookAgainAt: new Date(Math.max(due, now.getTime() + FLOOR_MS)) };
}

function at(time: string | undefined, otherwise: Date): number {
  return time === undefined ? otherwise.getTime() : Date.parse(time);
}
