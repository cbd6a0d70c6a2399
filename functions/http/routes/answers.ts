import { z } from 'zod';
import type { SchemaName } from '../schemas/api-schemas.ts';
import type { Answer } from './route.ts';

/** Header of what has started. */
export const locationHeader = z.strictObject({ location: z.url().describe('Where to look how it goes.') });
/** Header of predictions. */
export const versionHeader = z.strictObject({ 'x-model-version': z.string().describe('Version that answered.') });
/** Header of what is to start once. */
export const idempotencyKey = z.strictObject({
  'idempotency-key': z.string().optional().describe('The same key with the same body is the same run.'),
});

/** An answer that gives what was asked for. */
export const ok = (schema: SchemaName, description: string, headers?: z.ZodObject): Answer => ({
  description,
  schema,
  ...(headers && { headers }),
});
/** An answer that refuses. */
export const refusal = (description: string): Answer => ({ description, schema: 'Problem' });

/** What any route may answer. */
export const GUARDED = {
  401: refusal('Nobody is signed in, where sign-in is on. Without a function key the answer is 401 too, and empty.'),
  403: refusal('Who is signed in lacks the app role.'),
};
/** What any route may answer that asks other services. */
export const COMMON = { ...GUARDED, 500: refusal('Something failed that nobody foresaw: the detail says what.') };
/** What routes about one thing answer where it is not there, or is asked for wrongly. */
export const NO_PIPELINE = { 404: refusal('There is no such pipeline.'), 409: refusal('Its pipeline.yaml is broken.') };
export const NO_RUN = { 404: refusal('There is no such run.') };
export const NO_BACKFILL = { 404: refusal('There is no such backfill.') };
export const BAD_QUERY = { 400: refusal('The query is not as documented.') };
export const BAD_BODY = { 400: refusal('The body is no JSON, or not as documented.') };
