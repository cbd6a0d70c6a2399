import { z } from 'zod';
import type { ModelDigests, ModelLineage, ModelVersion } from '../../../shared/run.ts';
import { batchFile, gateDecision, review, time } from './run-schemas.ts';
import { schemaOf } from '../schema-of.ts';

const metrics = z.record(z.string(), z.number());

const digests = schemaOf<ModelDigests>()(
  z.strictObject({
    code: z.string(),
    weights: z.string().exactOptional(),
    torchScript: z.string().exactOptional(),
  }),
);

const lineage = schemaOf<ModelLineage>()(
  z.strictObject({
    batch: z.string().describe('Lake path of the batch.'),
    files: z.int().min(0).describe('How many files the batch has.'),
    baseVersion: z.string().exactOptional().describe('Version whose weights the training began with.'),
    champion: z.string().exactOptional().describe('Version that it was compared with.'),
    processedBy: z.string().exactOptional().describe('Run whose processed data it was trained on.'),
    trainedBy: z.string().exactOptional().describe('Run whose training it was taken over from.'),
  }),
);

/** A model version, as the registry lists it. */
export const modelVersion = schemaOf<ModelVersion>()(
  z
    .strictObject({
      pipeline: z.string(),
      version: z.string(),
      runId: z.string(),
      batchId: z.string(),
      status: z.enum([
        'Candidate',
        'Deployed',
        'Failed',
        'Cancelled',
        'Quarantined',
        'Rejected',
        'Expired',
        'Superseded',
      ]),
      metrics,
      championMetrics: metrics.exactOptional().describe('The champion on the same held-out rows.'),
      changedPredictions: z
        .number()
        .exactOptional()
        .describe('Share of the held-out rows that this model and the champion predict differently.'),
      gate: gateDecision.exactOptional(),
      review: review.exactOptional(),
      path: z.string().describe('Lake folder of the version.'),
      codeDigest: z.string(),
      digests,
      lineage,
      image: z.string().exactOptional().describe('Serving image by digest; absent until it is built.'),
      createdAt: time,
    })
    .meta({
      examples: [
        {
          pipeline: 'iris',
          version: '20260301-101502-3fa9c1',
          runId: 'iris-20260301-101502-3fa9c1',
          batchId: '20260301-101502-3fa9c1',
          status: 'Deployed',
          metrics: { accuracy: 0.97, loss: 0.09 },
          gate: { decision: 'pass', reasons: ['accuracy 0.97 is at least 0.9'] },
          path: 'models/iris/20260301-101502-3fa9c1',
          codeDigest: 'sha256:6b86b273',
          digests: { code: 'sha256:6b86b273', weights: 'sha256:d4735e3a' },
          lineage: { batch: 'runs/iris/iris-20260301-101502-3fa9c1/batch.json', files: 1 },
          createdAt: '2026-03-01T10:17:40.000Z',
        },
      ],
    }),
);

/** How the last promotion by hand of a version stands. */
export const promotion = z.strictObject({
  status: z.enum(['Running', 'Succeeded', 'Failed']),
  waitingFor: z.string().exactOptional(),
  error: z.strictObject({ reason: z.string(), message: z.string(), hint: z.string().exactOptional() }).exactOptional(),
});
export type Promotion = z.infer<typeof promotion>;

/** A model version with the files that it was trained on. */
export const model = z.strictObject({
  ...modelVersion.shape,
  lineage: lineage.extend({ files: z.array(batchFile) }),
  promotion: promotion.exactOptional(),
});
