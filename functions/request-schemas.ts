import { z } from 'zod';
import { initialWeights } from '../shared/pipeline.ts';
import { RUN_STATUSES } from '../shared/status.ts';

const landingPath = z
  .string({ error: 'expected a lake path such as landing/iris/a.csv' })
  .regex(/^landing\/[^/]/, 'expected a lake path such as landing/iris/a.csv');
const safePath = landingPath.refine((path) => !path.split('/').includes('..'), 'a path may not contain ..');

const parameters = z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/), z.union([z.string(), z.number(), z.boolean()]));

/** What a run by hand is asked to do; an empty body means the pipeline's whole landing folder. */
export const runRequest = z
  .strictObject({
    files: z.array(safePath).min(1).max(10_000).optional().describe('Run over these files.'),
    prefix: safePath.optional().describe('Run over the files below this folder.'),
    parameters: z
      .strictObject({ process: parameters.optional(), train: parameters.optional() })
      .optional()
      .describe('Parameters that replace those of pipeline.yaml, for this run.'),
    initialWeights: initialWeights.optional().describe('Weights that the training begins with.'),
  })
  .meta({ examples: [{ files: ['landing/iris/iris.csv'], parameters: { train: { epochs: 30 } } }] });
export type RunRequestBody = z.infer<typeof runRequest>;

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

/** Which versions are listed. */
export const modelsQuery = z.strictObject({ top, continuation });

/** Which file is asked for. */
export const arrivalsQuery = z.strictObject({
  path: landingPath.meta({ description: 'Lake path of a file.', examples: ['landing/iris/iris.csv'] }),
  top: top.describe('Most arrivals, and most runs, of a page.'),
  continuation: continuation.refine((text) => text === undefined || /^\d+$/.test(text), 'expected what an answer said'),
});
