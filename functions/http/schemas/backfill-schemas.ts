import { z } from 'zod';
import { BACKFILL_STATUSES, PARTITIONS } from '../../../shared/backfill.ts';
import { RUN_STATUSES } from '../../../shared/status.ts';
import type { BackfillView } from '../views/backfill-view.ts';
import { time } from './run-schemas.ts';
import { schemaOf } from '../schema-of.ts';

/** What a partition of a backfill goes over. */
export const plannedPartition = z.strictObject({
  from: time,
  to: time.describe('Exclusive.'),
  files: z.int().min(1),
  bytes: z.int().min(1),
});

/** A backfill with its partitions. */
export const backfill = schemaOf<BackfillView>()(
  z.strictObject({
    backfillId: z.string(),
    pipeline: z.string(),
    status: z.enum(BACKFILL_STATUSES).describe('Failed where not every run succeeded.'),
    waitingFor: z
      .string()
      .exactOptional()
      .describe('What keeps it from starting further runs: a review of one of them.'),
    from: time,
    to: time,
    partition: z.enum(PARTITIONS),
    parallel: z.int(),
    prefix: z.string(),
    noCache: z.boolean().exactOptional(),
    partitions: z.array(plannedPartition.extend({ status: z.enum(RUN_STATUSES), runId: z.string().exactOptional() })),
    startedAt: time,
    finishedAt: time.exactOptional(),
  }),
);
