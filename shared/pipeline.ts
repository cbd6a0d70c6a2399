import { z } from 'zod';
import { dataCheckSchema } from './data-checks.ts';
import { glob } from './glob.ts';
import { PIPELINE_NAME_LIMIT } from './names.ts';
import {
  cpu,
  duration,
  keepFinished,
  memory,
  parameters,
  podOptions,
  retries,
  sparkMemory,
} from './pipeline-fields.ts';
import { checkSchedule, scheduleFields } from './schedule.ts';
import { landedName } from './sources/landed-name.ts';
import { sourceSchema } from './sources/source.ts';

export type { PodOptions } from './pipeline-fields.ts';

const landing = z.strictObject({
  prefix: z
    .string()
    .regex(/^[^/].*\/$/, 'expected a folder of the landing file system that ends with a slash, such as iris/')
    .describe('Folder of the landing file system whose files this pipeline claims.'),
  pattern: z.string().min(1).default('*').describe('File names that count, with * and ?.'),
  marker: z.string().min(1).optional().describe('Name of a file that completes a batch as soon as it comes.'),
  quietPeriod: duration('30s').describe('A batch closes when nothing came for so long.'),
  maxWait: duration('15m').describe('A batch closes at the latest so long after its first file.'),
  maxFiles: z.number().int().min(1).max(10_000).default(10_000),
});

const process = z.strictObject({
  parameters,
  checks: z.array(dataCheckSchema).max(100).default([]).describe('What the data must be like, beyond the schema.'),
  resources: z
    .strictObject({
      cores: z.number().int().min(1).default(1),
      memory: sparkMemory.default('1g'),
      executors: z.number().int().min(1).default(1),
    })
    .prefault({}),
  pods: podOptions.prefault({}),
  keepFinished,
  waitForResources: duration('20m'),
  timeout: duration('1h').describe('Longest time that the job may run.'),
  retries,
});

/** Where a training begins: `fresh`, the `champion`'s weights, or a weights file of the lake. */
export const initialWeights = z
  .string()
  .regex(
    /^(fresh|champion|models\/(?!.*\.\.)[^/].*)$/,
    'expected fresh, champion, or a lake path such as models/iris/VERSION/weights.pt',
  );

const train = z.strictObject({
  parameters,
  initialWeights: initialWeights.default('fresh').describe('Weights that the training begins with.'),
  workers: z.number().int().min(0).max(63).default(1).describe('Worker replicas beside the master.'),
  resources: z
    .strictObject({ cpu: cpu.default('1'), memory: memory.default('2Gi'), gpus: z.number().int().min(0).default(0) })
    .prefault({}),
  pods: podOptions.prefault({}),
  keepFinished,
  waitForResources: duration('30m'),
  timeout: duration('8h'),
  retries,
});

const metricLimit = z
  .strictObject({
    min: z.number().optional(),
    max: z.number().optional(),
    worseByAtMost: z
      .number()
      .min(0)
      .optional()
      .describe('How much worse than the champion on the same held-out rows it may be.'),
    better: z.enum(['higher', 'lower']).optional().describe('Which way is better; lower where only max is given.'),
  })
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, 'min is above max: no model could pass');
export type MetricLimit = z.infer<typeof metricLimit>;

const share = z.number().min(0).max(1);
const featureLimits = {
  psi: z.number().positive().optional().describe('Largest population stability index.'),
  ks: share.optional().describe('Largest Kolmogorov-Smirnov distance, of numbers.'),
  newCategories: share.optional().describe('Largest share of rows with a category that the champion never saw.'),
  missing: share.optional().describe('Largest change of the share of missing values.'),
};

const drift = z.strictObject({
  psi: featureLimits.psi.unwrap().default(0.2),
  ks: featureLimits.ks.unwrap().default(0.2),
  newCategories: featureLimits.newCategories.unwrap().default(0.01),
  missing: featureLimits.missing.unwrap().default(0.1),
  label: z.number().positive().default(0.2).describe("Largest population stability index of the label's distribution."),
  changedPredictions: share
    .default(0.3)
    .describe('Largest share of held-out rows that champion and challenger predict differently.'),
  driftedFeatures: share.default(0).describe('Largest share of features beyond their limits that still passes.'),
  falseAlarms: z
    .number()
    .gt(0)
    .max(0.5)
    .default(0.01)
    .describe('How often chance alone may raise an alarm: what chance explains is no drift, however large.'),
  features: z
    .record(z.string(), z.strictObject({ ...featureLimits, ignore: z.boolean().default(false) }))
    .default({})
    .describe('Limits of single features, in place of those above.'),
});
/** Beyond what distance a batch counts as drifted. */
export type DriftLimits = z.infer<typeof drift>;

const review = z.strictObject({
  deadline: duration('3d').describe('A review that nobody decides ends so long after it was asked for.'),
  reminder: duration('1d').describe('A second alert goes out so long before the deadline.'),
  onDeadline: z.enum(['reject', 'approve']).default('reject'),
});

const validate = z.strictObject({
  metrics: z.record(z.string(), metricLimit).default({}).describe('Limits that the training metrics must keep.'),
  drift: drift.prefault({}),
  review: review.prefault({}),
});
export type ValidateRules = z.infer<typeof validate>;

const rollout = z.strictObject({
  resources: z.strictObject({ cpu: cpu.default('1'), memory: memory.default('2Gi') }).prefault({}),
  pods: podOptions.prefault({}),
  timeout: duration('15m').describe('Longest time until a new revision is ready.'),
});

const schedule = z
  .strictObject({
    ...scheduleFields,
    prefix: z
      .string()
      .regex(/^[^/].*\/$/, 'expected a folder of the landing file system that ends with a slash, such as iris/')
      .refine((path) => !/\{(?!(?:yyyy|MM|dd|HH)\})/.test(path), 'placeholders are {yyyy}, {MM}, {dd} and {HH}')
      .optional()
      .describe(
        'Folder whose files a run goes over; its landing folder by default. With {yyyy}, {MM}, {dd} or {HH}, on the ' +
          'clocks of timeZone, it goes over all folders whose time has ended since the last run: a daily run over the ' +
          'day before, one on Monday after one on Friday over three days.',
      ),
  })
  .superRefine(checkSchedule)
  .describe('Starts a run over what has landed, beside those that files start as they come.');

/** The schema of pipeline.yaml. */
export const pipelineSchema = z
  .strictObject({
    name: z
      .string()
      .max(PIPELINE_NAME_LIMIT)
      .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'expected lower-case letters, digits and hyphens, starting with a letter'),
    description: z.string().default(''),
    enabled: z.boolean().default(true),
    landing,
    sources: z
      .array(sourceSchema)
      .max(50)
      .default([])
      .describe('Where data is collected from; without any it is dropped.'),
    schedule: schedule.optional(),
    process: process.prefault({}),
    train: train.prefault({}),
    validate: validate.prefault({}),
    rollout: rollout.prefault({}),
  })
  .superRefine(({ landing: zone, sources }, context) => {
    sources.forEach((source, index) => {
      const problem = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['sources', index, field], message });
      if (sources.findIndex(({ name }) => name === source.name) !== index) {
        problem('name', `there is another source ${source.name}`);
      }
      if (source.type === 'https' && !glob(zone.pattern).test(landedName(source.as, '1-00000000'))) {
        problem('as', `${landedName(source.as, '1-00000000')} would not match landing.pattern ${zone.pattern}`);
      }
    });
  });

/** A pipeline as declared, with defaults filled in and durations in milliseconds. */
export type Pipeline = z.infer<typeof pipelineSchema>;

/** A pipeline.yaml that could not be used, and why: one line per finding, each with file, line and field. */
export interface BrokenPipeline {
  name: string;
  problems: string[];
}

/** Whether a landing path (below the file system) belongs to a pipeline, and whether it is its completion marker. */
export function claims(pipeline: Pipeline, path: string): 'file' | 'marker' | undefined {
  const { prefix, pattern, marker } = pipeline.landing;
  if (!path.startsWith(prefix)) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (marker !== undefined && name === marker) return 'marker';
  if (/^[._]/.test(name)) return undefined;
  return glob(pattern).test(name) ? 'file' : undefined;
}
