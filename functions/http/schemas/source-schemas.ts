import { z } from 'zod';
import { SOURCE_STATUSES } from '../../../shared/sources/source-state.ts';
import { runLog, time } from './run-schemas.ts';

const status = z.enum(SOURCE_STATUSES).describe('NotConfigured: an app setting that it refers to is not set.');

/** A source of a pipeline and how it stands. */
export const source = z.strictObject({
  name: z.string(),
  type: z.enum(['https', 'container', 'script']),
  schedule: z
    .strictObject({ cron: z.string(), timeZone: z.string(), nextAt: time.exactOptional() })
    .exactOptional()
    .describe('When it is looked at; without it only by hand.'),
  lastCheckedAt: time.exactOptional(),
  lastChangedAt: time.exactOptional().describe('When it last had something new.'),
  status,
  error: z
    .strictObject({ reason: z.string(), message: z.string(), hint: z.string() })
    .exactOptional()
    .describe('Why nothing could be collected the last time, and what to do.'),
  warnings: z
    .array(z.strictObject({ at: time, reason: z.string(), message: z.string(), hint: z.string() }))
    .exactOptional()
    .describe('Files that could not be taken though the rest was, the newest first: ten at most, for a week.'),
  retryAt: time.exactOptional().describe('When it is looked at again whatever the schedule says.'),
});
export type SourceView = z.infer<typeof source>;

/** The log of a source's script. */
export const sourceLog = z.strictObject({
  pipeline: z.string(),
  source: z.string(),
  runId: z.string().describe('Id of its last look, in the form of a run’s: its files are at runs/PIPELINE/ID/collect.'),
  ...runLog.omit({ runId: true, stage: true }).shape,
});

/** Which source is to be looked at; an empty body means all of the pipeline's. */
export const collectRequest = z
  .strictObject({ source: z.string().min(1).max(50).optional() })
  .meta({ examples: [{ source: 'published' }] });

/** The collections that were started, or that run already. */
export const collecting = z.strictObject({
  value: z.array(z.strictObject({ source: z.string(), status })),
  statusUrl: z.url(),
});
