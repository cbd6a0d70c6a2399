import { z } from 'zod';
import { RUN_STATUSES, REVIEW_STATUSES, STAGES, isFinal, type FinalStatus } from './status.ts';

const time = z.iso.datetime();
const run = { runId: z.string(), pipeline: z.string(), batchId: z.string() };
const error = z.object({
  stage: z.enum(STAGES),
  reason: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});
const question = {
  ...run,
  version: z.string(),
  reasons: z.array(z.string()),
  deadlineAt: time,
  onDeadline: z.enum(['reject', 'approve']),
  link: z.url().describe('Where to decide.'),
};

const closed = z.object({
  ...run,
  status: z.enum(RUN_STATUSES),
  modelVersion: z.string().optional(),
  error: error.optional(),
  finishedAt: time,
});
type Closed = `Run${FinalStatus}`;
const closings = Object.fromEntries(RUN_STATUSES.filter(isFinal).map((status) => [`Run${status}`, closed])) as Record<
  Closed,
  typeof closed
>;

/** What Landfall tells the world, by the last part of the CloudEvent's type: `Landfall.RunStarted` and so on. */
export const LIFECYCLE_EVENTS = {
  RunStarted: z.object({ ...run, startedAt: time }),
  StageCompleted: z.object({
    ...run,
    stage: z.enum(STAGES),
    startedAt: time,
    finishedAt: time,
    detail: z.string().optional(),
  }),
  ModelRegistered: z.object({
    ...run,
    version: z.string(),
    metrics: z.record(z.string(), z.number()),
    codeDigest: z.string(),
  }),
  ReviewRequested: z.object(question),
  ReviewReminded: z.object(question),
  ReviewDecided: z.object({
    ...run,
    version: z.string(),
    status: z.enum(REVIEW_STATUSES),
    decidedBy: z.string().optional(),
    decidedAt: time,
    comment: z.string().optional(),
  }),
  ModelPromoted: z.object({
    pipeline: z.string(),
    version: z.string(),
    image: z.string().describe('Serving image by digest.'),
    replaced: z.string().optional().describe('Version that was the champion before.'),
    byHand: z.boolean(),
  }),
  RolloutRolledBack: z.object({
    pipeline: z.string(),
    version: z.string(),
    to: z.string().optional().describe('Version that serves; absent where there was none before.'),
    byHand: z.boolean(),
  }),
  ...closings,
} as const;

export type LifecycleEventName = keyof typeof LIFECYCLE_EVENTS;

/** A fact to be told. `key` names what it is about, so that a second publication of the same fact has the same id. */
export type LifecycleEvent = {
  [Name in LifecycleEventName]: {
    name: Name;
    key: string;
    subject: string;
    data: z.infer<(typeof LIFECYCLE_EVENTS)[Name]>;
  };
}[LifecycleEventName];

/** The `source` of every event. */
export const SOURCE = '/landfall';

/** The CloudEvent's `id` and `type` of a lifecycle event. */
export function eventIdentity({ name, key }: Pick<LifecycleEvent, 'name' | 'key'>): { id: string; type: string } {
  return { id: `${key}:${name}`, type: `Landfall.${name}` };
}

/** The CloudEvents subject of a run. */
export function runSubject(pipeline: string, runId: string): string {
  return `pipelines/${pipeline}/runs/${runId}`;
}

/** The CloudEvents subject of a model version. */
export function modelSubject(pipeline: string, version: string): string {
  return `pipelines/${pipeline}/models/${version}`;
}
