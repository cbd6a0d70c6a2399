import { z } from 'zod';
import { SOURCE_STATUSES } from '../shared/sources/source-state.ts';
import { time } from './run-schemas.ts';

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
  retryAt: time.exactOptional().describe('When it is looked at again whatever the schedule says.'),
});
export type SourceView = z.infer<typeof source>;

/** Which source is to be looked at; an empty body means all of the pipeline's. */
export const collectRequest = z
  .strictObject({ source: z.string().min(1).max(50).optional() })
  .meta({ examples: [{ source: 'published' }] });

/** The collections that were started, or that run already. */
export const collecting = z.strictObject({
  value: z.array(z.strictObject({ source: z.string(), status })),
  statusUrl: z.url(),
});
