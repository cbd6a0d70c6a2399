import { z } from 'zod';

/** What happens when rows fail a check: they are set aside, the whole batch is, or a person is asked. */
const onFailure = z.enum(['quarantineRows', 'quarantineBatch', 'review']);
const column = z.string().min(1);
const rowWise = onFailure.default('quarantineRows');

const range = z
  .strictObject({ column, min: z.number().optional(), max: z.number().optional(), onFailure: rowWise })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'a range needs min, max or both')
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, 'min is above max: no value could pass');

const rows = z
  .strictObject({
    min: z.number().int().min(0).optional(),
    max: z.number().int().min(0).optional(),
    changeAtMost: z.number().positive().optional().describe('Share by which the count may differ from the last batch.'),
  })
  .refine(({ min = 0, max = Infinity }) => min <= max, 'min is above max: no batch could pass');

/** A check of the data that the process stage evaluates: exactly one of the five forms. */
export const dataCheckSchema = z.union([
  range,
  z.strictObject({
    column,
    allowed: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
    onFailure: rowWise,
  }),
  z.strictObject({ column, nullable: z.literal(false), onFailure: rowWise }),
  z.strictObject({ unique: z.array(column).min(1), onFailure: rowWise }),
  z.strictObject({ rows, onFailure: z.enum(['quarantineBatch', 'review']).default('quarantineBatch') }),
]);

/** checks.json: how a batch did in its pipeline's data checks. */
export const checkReportSchema = z.object({
  version: z.literal(1),
  /** Rows that were checked: those that fit the schema. */
  rows: z.number().int().min(0),
  checks: z.array(
    z.object({
      /** The check in words, such as `sepal_length between 0 and 10`. */
      check: z.string(),
      onFailure,
      failed: z.number().int().min(0),
      /** A few of the rows that failed, as objects. */
      samples: z.array(z.record(z.string(), z.unknown())).default([]),
    }),
  ),
});
export type CheckReport = z.infer<typeof checkReportSchema>;
