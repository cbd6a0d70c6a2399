import { z } from 'zod';
import { checkReportSchema } from '../../../shared/data-checks.ts';
import { driftReportSchema } from '../../../shared/drift/report.ts';
import { profileSchema } from '../../../shared/profile.ts';
import { RUN_STATUSES } from '../../../shared/status.ts';
import { backfill, plannedPartition } from './backfill-schemas.ts';
import { model, modelVersion, promotion } from './model-schemas.ts';
import { goldenSchema } from '../../../shared/golden.ts';
import { backfillRequest, decision, json, predictRequest, rerunRequest, runRequest } from './request-schemas.ts';
import { batch, gateDecision, quarantine, review, run, runError, runLog, stage, time } from './run-schemas.ts';
import { collecting, collectRequest, source, sourceLog } from './source-schemas.ts';

const continuation = z.string().exactOptional().describe('Asks for the next page; absent on the last.');

/** A part that the app depends on. */
const part = z.strictObject({
  name: z.string(),
  status: z.enum(['Healthy', 'Unhealthy']),
  detail: z.string(),
  cure: z.string().exactOptional().describe('What to do; only of a part that is unhealthy.'),
});
export type Part = z.infer<typeof part>;

const schedule = z
  .strictObject({
    cron: z.string(),
    timeZone: z.string(),
    prefix: z.string().exactOptional(),
    nextAt: time.exactOptional().describe('When it is due next.'),
  })
  .describe('When runs over what has landed start by themselves.');

const pipeline = z.strictObject({
  name: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  landing: z.string().exactOptional().describe('Lake folder where its files are dropped.'),
  landingPattern: z
    .string()
    .exactOptional()
    .describe('Names of files that count, with * and ?; others are left alone.'),
  landingMarker: z.string().exactOptional().describe('Name of a file that completes a batch as soon as it comes.'),
  schedule: schedule.exactOptional(),
  sources: z.array(source).exactOptional().describe('Where its data is collected from.'),
  champion: z.string().exactOptional().describe('Version that serves.'),
  activeRun: z.string().exactOptional(),
  error: z.string().exactOptional().describe('What is wrong with its pipeline.yaml, with file, line and field.'),
});

const golden = goldenSchema.extend({ requests: z.array(json).min(1), responses: z.array(json).min(1) });

const arrivals = z.strictObject({
  path: z.string(),
  value: z
    .array(
      z.strictObject({
        pipeline: z.string(),
        eTag: z.string(),
        size: z.int().min(0).describe('Bytes.'),
        at: time,
        batchId: z.string().exactOptional(),
        runId: z.string().exactOptional(),
        waiting: z.literal(true).exactOptional().describe('No batch has taken it yet.'),
      }),
    )
    .describe('Versions of the file that arrived, newest first.'),
  runs: z
    .array(
      z.strictObject({
        pipeline: z.string(),
        runId: z.string(),
        eTag: z.string().describe('Version of the file that the run saw.'),
        status: z.enum(RUN_STATUSES).exactOptional(),
        modelVersion: z.string().exactOptional(),
        modelStatus: modelVersion.shape.status.exactOptional(),
      }),
    )
    .describe('Runs over the file, newest first, and the model of each.'),
  continuation,
});

/** An answer that refuses a request, with what its reader needs to go on: RFC 9457 problem details. */
const problem = z
  .strictObject({
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    hint: z.string().exactOptional().describe('What to do.'),
    problems: z.array(z.string()).exactOptional().describe('Findings in a pipeline.yaml.'),
    activeRun: z.string().exactOptional().describe('Run that has the pipeline’s place.'),
    runId: z.string().exactOptional().describe('Run that the Idempotency-Key stands for.'),
    missing: z.array(z.string()).exactOptional().describe('Files that are not there.'),
    review: review.exactOptional().describe('The review as it was decided.'),
  })
  .meta({
    examples: [
      {
        title: 'Conflict',
        status: 409,
        detail: 'iris has an active run, iris-20260301-101502-3fa9c1.',
        hint: 'Wait for it, or cancel it: POST /api/runs/iris-20260301-101502-3fa9c1/cancel.',
        activeRun: 'iris-20260301-101502-3fa9c1',
      },
    ],
  });
/** What a problem may tell beside its text. */
export type ProblemFacts = Omit<z.infer<typeof problem>, 'title' | 'status' | 'detail' | 'hint'>;

/** Every body of the HTTP API, by the name under which its document has it. */
export const SCHEMAS = {
  Health: z.strictObject({ status: part.shape.status, parts: z.array(part) }),
  OpenApi: z.object({ openapi: z.string(), paths: z.record(z.string(), json), components: json }).catchall(json),
  Pipeline: pipeline,
  Source: source,
  SourceLog: sourceLog,
  CollectRequest: collectRequest,
  Collecting: collecting,
  PipelineList: z.strictObject({ value: z.array(pipeline) }),
  RunRequest: runRequest,
  RerunRequest: rerunRequest,
  RunStarted: z.strictObject({ runId: z.string(), statusUrl: z.url() }),
  Run: run,
  RunList: z.strictObject({ value: z.array(run), continuation }),
  RunLog: runLog,
  Quarantine: quarantine,
  Stage: stage,
  RunError: runError,
  GateDecision: gateDecision,
  Cancelling: z.strictObject({ runId: z.string(), cancelling: z.literal(true) }),
  Decision: decision,
  Review: review,
  Batch: batch,
  Profile: profileSchema,
  CheckReport: checkReportSchema,
  DriftReport: driftReportSchema,
  RunDocument: z.union([batch, profileSchema, checkReportSchema, driftReportSchema]),
  BackfillRequest: backfillRequest,
  BackfillPlan: z.strictObject({ partitions: z.array(plannedPartition) }),
  Backfill: backfill,
  BackfillList: z.strictObject({ value: z.array(backfill) }),
  BackfillStarted: z.strictObject({
    backfillId: z.string(),
    statusUrl: z.url(),
    partitions: backfill.shape.partitions,
  }),
  ModelVersion: modelVersion,
  ModelList: z.strictObject({
    aliases: z.strictObject({
      champion: z.string().exactOptional().describe('Version that serves.'),
      challenger: z.string().exactOptional().describe('Newest version that is on its way to become the champion.'),
    }),
    value: z.array(modelVersion),
    continuation,
  }),
  Model: model,
  GoldenRequests: golden,
  ModelDocument: z
    .union([golden, profileSchema, z.record(z.string(), json)])
    .describe('golden.json, profile.json or model.json, as the training wrote it.'),
  Promotion: promotion,
  PromotionStarted: z.strictObject({ pipeline: z.string(), version: z.string(), statusUrl: z.url() }),
  PredictRequest: predictRequest,
  Predictions: z
    .object({ predictions: z.array(json) })
    .meta({ examples: [{ predictions: [{ label: 'setosa', probabilities: { setosa: 0.99, versicolor: 0.01 } }] }] }),
  Arrivals: arrivals,
  Waiting: z.strictObject({
    value: z.array(
      z.strictObject({
        path: z.string(),
        eTag: z.string(),
        size: z.int().min(0).describe('Bytes.'),
        at: time,
        marker: z.boolean().describe('It completes a batch and is no data itself.'),
      }),
    ),
  }),
  Problem: problem,
  Json: json,
} as const satisfies Record<string, z.ZodType>;
export type SchemaName = keyof typeof SCHEMAS;
