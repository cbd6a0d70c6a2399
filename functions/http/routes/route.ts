import { z } from 'zod';
import type { SchemaName } from '../schemas/api-schemas.ts';
import type { AppRole } from '../principal.ts';
import { DOCUMENTS, JOB_STAGES, MODEL_DOCUMENTS } from '../schemas/request-schemas.ts';

/** What a route answers with one status. */
export interface Answer {
  description: string;
  schema: SchemaName;
  headers?: z.ZodObject;
}

/** A route of the HTTP API: how it is registered, and all that its document says of it. */
export interface Route {
  method: 'GET' | 'POST';
  /** Below the host's prefix, as a route template. */
  path: string;
  role: AppRole;
  topic: (typeof TOPICS)[number];
  summary: string;
  description?: string;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: { schema: SchemaName; required: boolean };
  answers: Record<number, Answer>;
}

/** What routes are about, in the order in which a reader meets them. */
export const TOPICS = ['App', 'Pipelines', 'Runs', 'Backfills', 'Models', 'Arrivals'] as const;

/** The parameters that paths have. */
export const PATH_PARAMETERS = z.strictObject({
  pipeline: z.string().meta({ description: 'Name of a pipeline.', examples: ['iris'] }),
  source: z.string().meta({ description: 'Name of a source of the pipeline.', examples: ['instrument'] }),
  runId: z.string().meta({ description: 'Id of a run.', examples: ['iris-20260301-101502-3fa9c1'] }),
  backfillId: z.string().meta({ description: 'Id of a backfill.', examples: ['iris-20260301-101502-3fa9c1'] }),
  version: z.string().meta({ description: 'A model version.', examples: ['20260301-101502-3fa9c1'] }),
  stage: z.enum(JOB_STAGES).meta({ description: 'A stage that is a job.', examples: ['train'] }),
  document: z.enum([...new Set([...DOCUMENTS, ...Object.keys(MODEL_DOCUMENTS)])]).meta({
    description: 'Name of a document.',
    examples: ['profile'],
  }),
});
