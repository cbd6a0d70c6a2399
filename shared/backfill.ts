import type { RunStatus } from './status.ts';

/** Spans of time by which a backfill parts its files, all in UTC. */
export const PARTITIONS = ['hour', 'day', 'week', 'month'] as const;
export type PartitionUnit = (typeof PARTITIONS)[number];

export const BACKFILL_STATUSES = ['Running', 'Paused', 'Succeeded', 'Failed', 'Cancelled'] as const;
export type BackfillStatus = (typeof BACKFILL_STATUSES)[number];

/** What a person wants of a backfill that is under way. */
export type Wish = 'go on' | 'pause' | 'cancel';

/** A span of time from its first moment to before its last one, ISO 8601. */
export interface Interval {
  from: string;
  to: string;
}

/** The files of one interval, and the run over them. `bytes` is their size. */
export interface Partition extends Interval {
  files: number;
  bytes: number;
  status: RunStatus;
  runId?: string;
}

/** What a backfill goes over. */
export interface BackfillPlan extends Interval {
  pipeline: string;
  partition: PartitionUnit;
  /** Its own runs at once, those in review too. */
  parallel: number;
  /** Lake folder, if it has placeholders one for each partition. */
  prefix: string;
  noCache?: boolean;
}

/** Runs over what landed in the past, partition by partition. */
export interface Backfill extends BackfillPlan {
  backfillId: string;
  status: BackfillStatus;
  partitions: Partition[];
  startedAt: string;
  finishedAt?: string;
}

/** How a backfill stands, by its partitions and what a person wants. */
export function backfillStatus(partitions: Pick<Partition, 'status'>[], wish: Wish): BackfillStatus {
  const running = partitions.some(({ status }) => status === 'Running');
  const pending = partitions.some(({ status }) => status === 'Pending');
  if (running) return wish === 'pause' ? 'Paused' : 'Running';
  if (pending) return { 'go on': 'Running', pause: 'Paused', cancel: 'Cancelled' }[wish] as BackfillStatus;
  if (wish === 'cancel' && partitions.some(({ status }) => status === 'Cancelled')) return 'Cancelled';
  return partitions.every(({ status }) => status === 'Succeeded') ? 'Succeeded' : 'Failed';
}

/** Whether a backfill is over. */
export function isOver({ status }: Pick<Backfill, 'status'>): boolean {
  return status !== 'Running' && status !== 'Paused';
}
