/** What a run's status may become from each; a status that leads nowhere is final. */
export const RUN_TRANSITIONS = {
  Pending: ['Running', 'Failed', 'Cancelled'],
  Running: ['Succeeded', 'Failed', 'Cancelled', 'Quarantined', 'Rejected', 'Expired', 'Superseded'],
  Succeeded: [],
  Failed: [],
  Cancelled: [],
  Quarantined: [],
  Rejected: [],
  Expired: [],
  Superseded: [],
} as const;

export type RunStatus = keyof typeof RUN_TRANSITIONS;

/** A status that nothing follows. */
export type FinalStatus = Exclude<RunStatus, 'Pending' | 'Running'>;

/** Every run status, in the order of the table. */
export const RUN_STATUSES = Object.keys(RUN_TRANSITIONS) as [RunStatus, ...RunStatus[]];

/** Whether nothing follows a status any more. */
export function isFinal(status: RunStatus): boolean {
  return RUN_TRANSITIONS[status].length === 0;
}

/** Whether one status may follow another. */
export function mayBecome(from: RunStatus, to: RunStatus): boolean {
  return (RUN_TRANSITIONS[from] as readonly RunStatus[]).includes(to);
}

/** The stages of a run, in the order in which they are shown. */
export const STAGES = ['collect', 'process', 'train', 'record', 'validate', 'review', 'build', 'rollout'] as const;
export type Stage = (typeof STAGES)[number];

/** What became of a question to a person; only Waiting leads anywhere. */
export const REVIEW_STATUSES = ['Waiting', 'Approved', 'Rejected', 'Expired', 'Superseded', 'Cancelled'] as const;
export type ReviewStatus = (typeof REVIEW_STATUSES)[number];

export type StageStatus = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';
