import type { z } from 'zod';
import type { SCHEMAS } from '../../functions/http/schemas/api-schemas.ts';

type Run = z.output<typeof SCHEMAS.Run>;
type Model = z.output<typeof SCHEMAS.Model>;
type Review = z.output<typeof SCHEMAS.Review>;

const VERSION = '20260301-101502-3fa9c1';
const START = '2026-03-01T10:15:02.000Z';
const END = '2026-03-01T10:17:40.000Z';

/** A run as the app shows it: under way in its training, but for what is said. */
export function aRun(more: Omit<Partial<Run>, 'review'> & { review?: Partial<Review>; isServing?: boolean }): Run {
  const { isServing, review, ...rest } = more;
  const runId = rest.runId ?? `iris-${VERSION}`;
  const served: Partial<Run> = {
    status: 'Succeeded',
    stage: 'rollout',
    stages: [
      { name: 'train', status: 'Succeeded', startedAt: START, finishedAt: END, detail: '60 epochs' },
      { name: 'rollout', status: 'Succeeded', startedAt: START, finishedAt: END },
    ],
    modelVersion: VERSION,
    metrics: { accuracy: 0.97 },
    finishedAt: END,
  };
  return {
    runId,
    pipeline: 'iris',
    batchId: VERSION,
    status: 'Running',
    stage: 'train',
    stages: [{ name: 'train', status: 'Running', startedAt: START }],
    startedAt: START,
    ...(isServing && served),
    ...(review && { stage: 'review', stages: [{ name: 'review', status: 'Running', startedAt: START }] }),
    ...(review && { review: aReview({ runId, ...review }) }),
    ...rest,
  };
}

/** A review that waits, but for what is said. */
export function aReview(more: Partial<Review>): Review {
  return {
    runId: `iris-${VERSION}`,
    version: VERSION,
    status: 'Waiting',
    reasons: ['petal_length: PSI 1.21 is above 0.2'],
    requestedAt: START,
    deadlineAt: '2026-03-04T10:17:40.000Z',
    onDeadline: 'reject',
    link: 'https://landfall.example/api/dashboard/#/runs/x',
    ...more,
  };
}

/** A version of a model that serves, but for what is said. */
export function aModel(more: Partial<Model>): Model {
  return {
    pipeline: 'iris',
    version: VERSION,
    runId: `iris-${VERSION}`,
    batchId: VERSION,
    status: 'Deployed',
    metrics: { accuracy: 0.97 },
    path: `models/iris/${VERSION}`,
    codeDigest: 'sha256:6b86b273',
    digests: { code: 'sha256:6b86b273' },
    lineage: { batch: 'runs/iris/x/batch.json', files: [{ path: 'landing/iris/a.csv', eTag: '0x1', size: 4_551 }] },
    createdAt: END,
    ...more,
  };
}
