import { z } from 'zod';
import { checkReportSchema } from '../shared/data-checks.ts';
import { driftReportSchema } from '../shared/drift/report.ts';
import { profileSchema } from '../shared/profile.ts';
import { RUN_STATUSES } from '../shared/status.ts';
import { model, modelVersion, promotion } from './model-schemas.ts';
import { decision, json, predictRequest, runRequest } from './request-schemas.ts';
import { batch, gateDecision, review, run, runError, stage, time } from './run-schemas.ts';

const continuation = z.string().exactOptional().describe('Asks for the next page; absent on the last.');

/** A part that the app depends on. */
const part = z.strictObject({
  name: z.string(),
  status: z.enum(['Healthy', 'Unhealthy']),
  detail: z.string(),
  cure: z.string().exactOptional().describe('What to do; only of a part that is unhealthy.'),
});
export type Part = z.infer<typeof part>;

const pipeline = z.strictObject({
  name: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  landing: z.string().exactOptional().describe('Lake folder where its files are dropped.'),
  champion: z.string().exactOptional().describe('Version that serves.'),
  activeRun: z.string().exactOptional(),
  error: z.string().exactOptional().describe('What is wrong with its pipeline.yaml, with file, line and field.'),
});

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
  PipelineList: z.strictObject({ value: z.array(pipeline) }),
  RunRequest: runRequest,
  RunStarted: z.strictObject({ runId: z.string(), statusUrl: z.url() }),
  Run: run,
  RunList: z.strictObject({ value: z.array(run), continuation }),
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
  Promotion: promotion,
  PromotionStarted: z.strictObject({ pipeline: z.string(), version: z.string(), statusUrl: z.url() }),
  PredictRequest: predictRequest,
  Predictions: z
    .object({ predictions: z.array(json) })
    .meta({ examples: [{ predictions: [{ label: 'setosa', probabilities: { setosa: 0.99, versicolor: 0.01 } }] }] }),
  Arrivals: arrivals,
  Problem: problem,
  Json: json,
} as const satisfies Record<string, z.ZodType>;
export type SchemaName = keyof typeof SCHEMAS;
