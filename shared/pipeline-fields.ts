import { z } from 'zod';
import { parseDuration } from './duration.ts';

/** A duration such as `2s` or `5m`, kept as text in the file and turned into milliseconds here. */
export const duration = (fallback: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'expected a duration such as 500ms, 2s, 5m or 2h')
    .default(fallback)
    .transform((text) => parseDuration(text) ?? 0);

/** CPUs as Kubernetes counts them. */
export const cpu = z
  .union([z.number().positive(), z.string().regex(/^\d+(\.\d+)?m?$/, 'expected CPUs such as 1 or 500m')])
  .transform(String);

/** Memory as Kubernetes counts it. */
export const memory = z.string().regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti)?$/, 'expected memory such as 512Mi or 2Gi');

/** Memory as Spark counts it. */
export const sparkMemory = z.string().regex(/^\d+[kmgt]$/, "expected memory in Spark's form, such as 512m or 2g");

/** Parameters of a script, by names that its dataclass fields have. */
export const parameters = z
  .record(z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/), z.union([z.string(), z.number(), z.boolean()]))
  .default({});

/** How often a stage is tried again when its job was lost (not when it failed by its own word). */
export const retries = z.number().int().min(0).max(5).default(1);

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable');

/** What a stage's pods get beside the job contract, and where they may run. */
export const podOptions = z.strictObject({
  environment: z.record(variableName, z.string()).default({}),
  secrets: z
    .record(variableName, z.strictObject({ secret: z.string().min(1), key: z.string().min(1) }))
    .default({})
    .describe('Environment variables from secrets of the namespace, by reference.'),
  nodeSelector: z.record(z.string(), z.string()).default({}),
  tolerations: z
    .array(
      z.strictObject({
        key: z.string().min(1),
        operator: z.enum(['Equal', 'Exists']).default('Equal'),
        value: z.string().optional(),
        effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
      }),
    )
    .default([]),
  spot: z.boolean().default(false).describe('Run on spot nodes: cheaper, and lost at times.'),
});

/** What pods get beside the job contract, and where they may run. */
export type PodOptions = z.infer<typeof podOptions>;

/** How long the cluster keeps the object of a job that is over, for people who look. */
export const keepFinished = duration('1d');
