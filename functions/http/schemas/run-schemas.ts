import { z } from 'zod';
import type { GateDecision } from '../../../shared/gate.ts';
import type { Batch, Review, Run, RunError, StageView } from '../../../shared/run.ts';
import { REVIEW_STATUSES, RUN_STATUSES, STAGES } from '../../../shared/status.ts';
import { json } from './request-schemas.ts';
import { schemaOf } from '../schema-of.ts';

/** A moment, ISO 8601 in UTC. */
export const time = z.iso.datetime();

const stageName = z.enum(STAGES);
const runId = 'iris-20260301-101502-3fa9c1';
const version = '20260301-101502-3fa9c1';

/** One stage of a run. */
export const stage = schemaOf<StageView>()(
  z.strictObject({
    name: stageName,
    status: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled']),
    startedAt: time.exactOptional(),
    finishedAt: time.exactOptional(),
    detail: z.string().exactOptional().describe('What the stage did, in words.'),
    reusedFrom: z.string().exactOptional().describe('Run whose outcome of this stage was taken over.'),
    job: z
      .strictObject({
        cluster: z.enum(['data-processing', 'training', 'serving']),
        kind: z.string(),
        namespace: z.string(),
        name: z.string(),
        attempt: z.int().min(1),
        aks: z
          .strictObject({
            resourceId: z.string().describe('Azure resource id.'),
            portal: z.url().exactOptional().describe('Address in the Azure portal.'),
          })
          .exactOptional()
          .describe('The cluster in Azure, where it is one of AKS.'),
      })
      .exactOptional()
      .describe('The object on the cluster that does the work.'),
  }),
);

/** What the gate decided of a model. */
export const gateDecision = schemaOf<GateDecision>()(
  z.strictObject({
    decision: z.enum(['pass', 'review', 'reject']),
    reasons: z.array(z.string()).describe('In words and numbers; of a decision against the model, the gravest first.'),
  }),
);

/** Why a run failed. */
export const runError = schemaOf<RunError>()(
  z.strictObject({
    stage: stageName,
    reason: z.string().describe('One word, such as OOMKilled or GateRejected.'),
    message: z.string(),
    hint: z.string().exactOptional().describe('What to do.'),
  }),
);

/** A question to a person, and its answer. */
export const review = schemaOf<Review>()(
  z
    .strictObject({
      runId: z.string(),
      version: z.string(),
      status: z.enum(REVIEW_STATUSES),
      reasons: z.array(z.string()),
      requestedAt: time,
      deadlineAt: time,
      onDeadline: z.enum(['reject', 'approve']).describe('What happens when nobody decides.'),
      link: z.url().describe('Where it is decided.'),
      decidedBy: z.string().exactOptional(),
      decidedAt: time.exactOptional(),
      comment: z.string().exactOptional(),
    })
    .meta({
      examples: [
        {
          runId,
          version,
          status: 'Waiting',
          reasons: ['petal_length: PSI 1.21 is above 0.2'],
          requestedAt: '2026-03-01T10:17:40.000Z',
          deadlineAt: '2026-03-04T10:17:40.000Z',
          onDeadline: 'reject',
          link: `https://landfall.example/api/dashboard/#/runs/${runId}/review`,
        },
      ],
    }),
);

/** A run, as it stands now. */
export const run = schemaOf<Run>()(
  z
    .strictObject({
      runId: z.string(),
      pipeline: z.string(),
      batchId: z.string(),
      status: z.enum(RUN_STATUSES),
      stage: stageName.exactOptional().describe('Where the run is, or where it ended.'),
      waitingFor: z.string().exactOptional().describe('What the run waits for now, in words.'),
      stages: z.array(stage),
      modelVersion: z.string().exactOptional(),
      metrics: z.record(z.string(), z.number()).exactOptional(),
      gate: gateDecision.exactOptional(),
      review: review.exactOptional(),
      error: runError.exactOptional(),
      startedAt: time,
      finishedAt: time.exactOptional(),
    })
    .meta({
      examples: [
        {
          runId,
          pipeline: 'iris',
          batchId: version,
          status: 'Running',
          stage: 'train',
          waitingFor: 'epoch 12 of 60 (20 %)',
          stages: [
            {
              name: 'collect',
              status: 'Succeeded',
              startedAt: '2026-03-01T10:15:02.000Z',
              finishedAt: '2026-03-01T10:15:04.000Z',
            },
            { name: 'train', status: 'Running', startedAt: '2026-03-01T10:16:10.000Z' },
          ],
          startedAt: '2026-03-01T10:15:02.000Z',
        },
      ],
    }),
);

/** The log of a stage's job. */
export const runLog = z.strictObject({
  runId: z.string(),
  stage: stageName,
  attempt: z.int().min(1),
  attempts: z.array(z.int().min(1)).describe('Attempts that have a log.'),
  live: z.boolean().describe('The job is not over: ask again for more.'),
  pods: z
    .array(z.strictObject({ pod: z.string(), lines: z.array(z.string()).describe('The last lines, at most 2,000.') }))
    .describe('At most eight pods, those that failed among them.'),
});

/** Rows that a run has set aside. */
export const quarantine = z.strictObject({
  path: z.string().describe('Lake folder of all of them.'),
  rows: z.array(z.record(z.string(), json)).describe('The first ones, each with what is wrong with it.'),
  files: z.array(z.strictObject({ path: z.string(), size: z.int().min(0).describe('Bytes.') })),
});

/** A file of a batch. */
export const batchFile = z.strictObject({
  path: z.string().describe('Lake path, such as landing/iris/a.csv.'),
  eTag: z.string(),
  size: z.int().min(0).describe('Bytes.'),
});

/** batch.json: the files of a run. Batches of files that arrived say too what they took off the waiting list. */
export const batch = schemaOf<Batch & { claimed?: { path: string; eTag: string }[] }>()(
  z.strictObject({
    pipeline: z.string(),
    batchId: z.string(),
    runId: z.string(),
    createdAt: time,
    files: z.array(batchFile),
    claimed: z
      .array(z.strictObject({ path: z.string(), eTag: z.string() }))
      .exactOptional()
      .describe('Arrivals that this batch took: its files, and markers and versions that others replaced.'),
  }),
);
