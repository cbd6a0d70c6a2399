import { z } from 'zod';
import { initialWeights } from '../../../shared/pipeline.ts';
import { PARTITIONS } from '../../../shared/backfill.ts';
import { FIRST_STAGES, LAST_STAGES } from '../../../shared/run.ts';
import { RUN_STATUSES } from '../../../shared/status.ts';

const landingPath = z
  .string({ error: 'expected a lake path such as landing/iris/a.csv' })
  .regex(/^landing\/[^/]/, 'expected a lake path such as landing/iris/a.csv');
const safePath = landingPath.refine((path) => !path.split('/').includes('..'), 'a path may not contain ..');

const parameters = z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/), z.union([z.string(), z.number(), z.boolean()]));

/** How a run differs from what its pipeline declares. */
const differences = {
  parameters: z
    .strictObject({ process: parameters.exactOptional(), train: parameters.exactOptional() })
    .exactOptional()
    .describe('Parameters that replace those of pipeline.yaml, for this run.'),
  initialWeights: initialWeights.exactOptional().describe('Weights that the training begins with.'),
  toStage: z.enum(LAST_STAGES).exactOptional().describe('The run ends after this stage.'),
  noCache: z
    .boolean()
    .exactOptional()
    .describe('Jobs run even if another run has processed the same files with the same code and parameters.'),
};

/** What a run by hand is asked to do; an empty body means the pipeline's whole landing folder. */
export const runRequest = z
  .strictObject({
    files: z.array(safePath).min(1).max(10_000).optional().describe('Run over these files.'),
    prefix: safePath.optional().describe('Run over the files below this folder.'),
    ...differences,
  })
  .meta({ examples: [{ files: ['landing/iris/iris.csv'], parameters: { train: { epochs: 30 } } }] });

/** How a run is repeated over the same batch. */
export const rerunRequest = z
  .strictObject({
    fromStage: z
      .enum(FIRST_STAGES)
      .default('process')
      .describe('What the run did before this stage is taken over; the gate judges again.'),
    ...differences,
  })
  .meta({ examples: [{ fromStage: 'train', parameters: { train: { epochs: 90 } } }] });
export type Differences = Omit<z.infer<typeof rerunRequest>, 'fromStage'>;

const placeholders = /\{(?!(?:yyyy|MM|dd|HH)\})/;
/** Midnight in UTC of a date, or a moment. */
const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const utc = (text: string, daysLater: number) =>
  new Date(Date.parse(text) + (text.length === 10 ? daysLater : 0) * 86_400_000).toISOString();

/** What a backfill goes over. */
export const backfillRequest = z
  .strictObject({
    from: moment.transform((text) => utc(text, 0)).describe('First day, or a moment; UTC unless it says otherwise.'),
    to: moment.transform((text) => utc(text, 1)).describe('Last day (inclusive), or a moment (exclusive).'),
    partition: z.enum(PARTITIONS).default('day').describe('Each has its run; in UTC, weeks from Monday.'),
    parallel: z
      .int()
      .min(1)
      .max(10)
      .default(1)
      .describe(
        'Its own runs at once, those in review too. Beside other active runs of the pipeline it starts as many fewer.',
      ),
    prefix: safePath
      .refine((path) => !placeholders.test(path), 'placeholders are {yyyy}, {MM}, {dd} and {HH}')
      .refine((path) => !path.includes('{yyyy}') || path.includes('{MM}'), '{yyyy} wants {MM} beside it')
      .optional()
      .describe(
        'Folder by date, such as landing/iris/{yyyy}/{MM}/{dd}/; without placeholders, files by when they were written.',
      ),
    dryRun: z.boolean().default(false).describe('Only list what would run.'),
    noCache: z.boolean().default(false).describe('Jobs run even where the same was done before.'),
  })
  .meta({ examples: [{ from: '2026-03-01', to: '2026-03-07', parallel: 2, dryRun: true }] });
export type BackfillRequest = z.infer<typeof backfillRequest>;

/** A person's word on a run that waits for a review. */
export const decision = z
  .strictObject({
    decision: z.enum(['approved', 'rejected']),
    comment: z.string().max(2_000).optional(),
    by: z.string().min(1).max(200).optional().describe('Who decides, where no sign-in tells.'),
  })
  .meta({ examples: [{ decision: 'approved', comment: 'A new instrument: the data are right.', by: 'Ada' }] });

/** Documents of a run that the API shows, by name: their content is what the run wrote. */
export const DOCUMENTS = ['batch', 'profile', 'checks', 'drift'] as const;

/** Documents of a model version that the API shows, and the file that each is. */
export const MODEL_DOCUMENTS = { golden: 'golden.json', profile: 'profile.json', metadata: 'model.json' } as const;

/** Stages that are jobs and so have logs. */
export const JOB_STAGES = ['process', 'train'] as const;

/** Any JSON value. */
export const json = z.json();

/** A request in KServe's V1 protocol. https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol */
export const predictRequest = z
  .object({ instances: z.array(json).describe('In the form that the pipeline’s predictor.py reads.') })
  .meta({ examples: [{ instances: [[5.1, 3.5, 1.4, 0.2]] }] });

const top = z.coerce.number().int().min(1).max(500).default(50).describe('Longest page.');
const continuation = z.string().max(100).optional().describe('Where the page before ended, as its answer says.');

/** Which runs are listed. */
export const runsQuery = z.strictObject({
  pipeline: z.string().optional(),
  status: z.enum(RUN_STATUSES).optional(),
  top,
  continuation,
});

/** Which attempt's log is shown. */
export const logQuery = z.strictObject({
  attempt: z.coerce.number().int().min(1).optional().describe('Attempt of the stage; the newest by default.'),
});

/** How many rows are shown. */
export const quarantineQuery = z.strictObject({ top });

/** How many waiting files are listed. */
export const waitingQuery = z.strictObject({ top });

/** Which versions are listed. */
export const modelsQuery = z.strictObject({ top, continuation });

/** Which file is asked for. */
export const arrivalsQuery = z.strictObject({
  path: landingPath.meta({ description: 'Lake path of a file.', examples: ['landing/iris/iris.csv'] }),
  top: top.describe('Most arrivals, and most runs, of a page.'),
  continuation: continuation.refine((text) => text === undefined || /^\d+$/.test(text), 'expected what an answer said'),
});
