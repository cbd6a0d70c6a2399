import { z } from 'zod';

const measure = z.object({
  value: z.number(),
  limit: z.number(),
  /** How often chance alone makes so much; absent where too little came to test. */
  pValue: z.number().optional(),
  /** Beyond its limit, and not explained by chance. */
  exceeded: z.boolean(),
});
/** One distance between baseline and batch, and whether it counts as drift. */
export type Measure = z.infer<typeof measure>;

const feature = z.object({
  name: z.string(),
  type: z.enum(['number', 'category']),
  isLabel: z.boolean(),
  /** A measure is absent where it does not apply or the two sides cannot be compared. */
  measures: z.object({
    psi: measure.optional(),
    ks: measure.optional(),
    newCategories: measure.optional(),
    missing: measure.optional(),
  }),
  drifted: z.boolean(),
  /** What is beyond its limit, in words: also what chance explains, and says so. */
  reasons: z.array(z.string()),
});
/** How far one feature of a batch is from its baseline. */
export type FeatureDrift = z.infer<typeof feature>;

/** drift.json: how far the data of a batch are from the data that the champion was trained with. */
export const driftReportSchema = z.object({
  version: z.literal(1),
  baseline: z.string(),
  batch: z.string(),
  rows: z.object({ baseline: z.number().int().min(0), batch: z.number().int().min(0) }),
  /** The features of both sides that are not ignored, in the baseline's order. */
  features: z.array(feature),
  /** What could not be compared, or only in part, a sentence each; it makes no drift by itself. */
  problems: z.array(z.string()),
  /** `falseAlarms` shared among the tests: a p-value must be below `pValue`. */
  chance: z.object({ falseAlarms: z.number(), tests: z.number().int().min(0), pValue: z.number() }),
  /** Share of the compared features, without the label, that drifted. */
  driftedFeatures: z.object({ share: z.number(), limit: z.number() }),
  drifted: z.boolean(),
  reasons: z.array(z.string()),
});
export type DriftReport = z.infer<typeof driftReportSchema>;
