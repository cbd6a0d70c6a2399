import { z } from 'zod';

/** result.json: the last word of a job, by the job contract. */
export const jobResultSchema = z.object({
  status: z.enum(['Succeeded', 'Failed', 'Quarantined']),
  outputs: z.record(z.string(), z.string()).default({}),
  metrics: z.record(z.string(), z.number()).default({}),
  error: z.object({ reason: z.string(), message: z.string(), hint: z.string().nullish() }).nullish(),
  startedAt: z.string(),
  finishedAt: z.string(),
});
export type JobResult = z.infer<typeof jobResultSchema>;

/** progress.json: what a job says while it works. */
export const jobProgressSchema = z.object({
  message: z.string(),
  fraction: z.number().min(0).max(1).nullish(),
  updatedAt: z.string(),
});
