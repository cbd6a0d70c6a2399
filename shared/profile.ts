import { z } from 'zod';

const feature = {
  name: z.string(),
  /** Spark's name of the column's type, such as `double` or `string`. */
  dataType: z.string(),
  /** Rows with a value: neither missing nor infinite. */
  count: z.number().int().min(0),
  /** Rows with null or NaN. */
  missing: z.number().int().min(0),
  /** Different values, estimated above some thousands. */
  distinct: z.number().int().min(0),
};

/** A number's histogram: k ascending cut points make k + 1 bins, `(-∞, c0], (c0, c1], … (ck-1, ∞)`. */
const histogram = z
  .object({ edges: z.array(z.number()), counts: z.array(z.number().int().min(0)) })
  .refine(({ edges, counts }) => counts.length === edges.length + 1, 'expected one count more than edges')
  .refine(({ edges }) => edges.every((edge, i) => i === 0 || edge > (edges[i - 1] ?? edge)), 'edges must ascend');

const numeric = z.object({
  ...feature,
  type: z.literal('number'),
  infinite: z.number().int().min(0),
  /** Null where no row has a value; `std` (of the sample) also where only one has. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  std: z.number().nullable(),
  /** Value by probability (`0.5` is the median), approximate. */
  quantiles: z.record(z.string(), z.number()),
  histogram,
});

const categorical = z.object({
  ...feature,
  type: z.literal('category'),
  /** Most frequent values first, and every value that the baseline lists, with their rows; `other` has the rest. */
  top: z.array(z.object({ value: z.string(), count: z.number().int().min(0) })),
  other: z.number().int().min(0),
});

/** profile.json: statistics of one batch, a feature at a time, as the process stage writes them. */
export const profileSchema = z.object({
  version: z.literal(1),
  pipeline: z.string(),
  batch: z.string(),
  /** Version whose histogram edges and categories were used; null when the batch made its own. */
  baseline: z.string().nullable(),
  rows: z.number().int().min(0),
  /** The feature that is predicted, if there is one. */
  label: z.string().nullable(),
  features: z.array(z.discriminatedUnion('type', [numeric, categorical])),
  /** Columns of types that have no statistics, such as arrays. */
  skipped: z.array(z.string()).default([]),
});

export type Profile = z.infer<typeof profileSchema>;
export type FeatureProfile = Profile['features'][number];
export type NumberProfile = Extract<FeatureProfile, { type: 'number' }>;
export type CategoryProfile = Extract<FeatureProfile, { type: 'category' }>;
