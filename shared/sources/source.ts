import { z } from 'zod';
import { cpu, duration, keepFinished, memory, parameters, podOptions, retries } from '../pipeline-fields.ts';
import { scheduleSchema } from '../schedule.ts';

/** Longest name of a source: it stands in names of files and of instances. */
const NAME_LIMIT = 20;

/**
 * An activity may take ten minutes (functionTimeout in host.json), of which a download must leave some.
 * https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
 */
const LONGEST_MS = 8 * 60_000;

const MIB = 1_048_576;
/** What can be streamed in that time at some 10 MiB a second. */
const LARGEST = 5 * 1_024 * MIB;

const UNIT = { Ki: 1_024, Mi: MIB, Gi: 1_024 * MIB } as const;

const common = {
  name: z
    .string()
    .max(NAME_LIMIT)
    .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'expected lower-case letters, digits and hyphens, starting with a letter'),
  schedule: scheduleSchema.optional().describe('When it is looked at; without it only by hand.'),
};

/** A value that an app setting holds, in Azure a Key Vault reference where it is secret. */
const reference = z.strictObject({
  environment: z
    .string()
    .regex(/^SOURCE_[A-Z0-9_]+$/, 'expected the name of an app setting that begins with SOURCE_, such as SOURCE_TOKEN'),
});
export type Reference = z.infer<typeof reference>;

const address = z
  .url({ protocol: /^https?$/, error: 'expected an address such as https://data.example/iris.csv' })
  .refine((text) => !/^\w+:\/\/[^/]*@/.test(text), 'an address may hold no user and password: give them in a header');

const addressOrReference = z.union([address, reference], {
  error: 'expected an https address without user and password, or { environment: SOURCE_NAME }',
});

const headers = z
  .record(
    z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected the name of a header'),
    z.union([z.string().regex(/^[^\r\n]*$/, 'expected a single line'), reference], {
      error: 'expected a text, or { environment: SOURCE_NAME }',
    }),
  )
  .default({});

const limits = {
  maxSize: z
    .string()
    .regex(/^\d+(Ki|Mi|Gi)$/, 'expected a size such as 500Mi or 2Gi')
    .default('1Gi')
    .transform((text) => Number.parseInt(text, 10) * UNIT[text.slice(-2) as keyof typeof UNIT])
    .refine((bytes) => bytes > 0 && bytes <= LARGEST, 'expected at most 5Gi: fetch what is larger in a collect.py')
    .describe('Largest file that is taken.'),
  timeout: duration('5m')
    .refine((ms) => ms > 0 && ms <= LONGEST_MS, 'expected at most 8m: fetch what takes longer in a collect.py')
    .describe('Longest time that one collection may take.'),
};

const https = z.strictObject({
  ...common,
  type: z.literal('https'),
  url: addressOrReference.describe('What is fetched, if it has changed.'),
  headers: headers.describe('Sent along, to the origin of url alone; secrets by reference to app settings.'),
  as: z
    .string()
    .max(100)
    .regex(/^[^/\\._][^/\\]*$/, 'expected a plain file name such as flowers.csv')
    .describe('Name of the file in the landing folder, to which a number and a hash are added.'),
  contentType: z.string().min(1).optional().describe('Media type that the answer must have, such as text/csv.'),
  ...limits,
});

const container = z.strictObject({
  ...common,
  type: z.literal('container'),
  url: addressOrReference.describe('https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX'),
  pattern: z
    .string()
    .min(1)
    .optional()
    .describe('File names that count, with * and ?; those of landing.pattern by default.'),
  access: z
    .union([z.enum(['identity', 'anonymous']), reference], {
      error: 'expected identity, anonymous, or { environment: SOURCE_NAME } with a shared access signature',
    })
    .default('identity')
    .describe('As whom it is read: the app’s identity, nobody, or by a shared access signature in an app setting.'),
  ...limits,
});

const script = z.strictObject({
  ...common,
  type: z.literal('script'),
  parameters: parameters.describe('Handed to collect.py.'),
  resources: z.strictObject({ cpu: cpu.default('500m'), memory: memory.default('1Gi') }).prefault({}),
  pods: podOptions.prefault({}),
  keepFinished,
  waitForResources: duration('20m'),
  timeout: duration('1h').describe('Longest time that collect.py may run.'),
  retries,
});

/** Where a pipeline's data is collected from. */
export const sourceSchema = z.discriminatedUnion('type', [https, container, script]);

/** A source as declared. */
export type Source = z.infer<typeof sourceSchema>;
export type HttpsSource = z.infer<typeof https>;
export type ContainerSource = z.infer<typeof container>;
export type ScriptSource = z.infer<typeof script>;

/** What a text or a reference stands for; undefined where the app setting is not set. */
export function resolve(value: string | Reference, setting: (name: string) => string | undefined): string | undefined {
  return typeof value === 'string' ? value : setting(value.environment) || undefined;
}

/** The app setting that a source waits for before anything can be collected from it. */
export function missingSetting(source: Source, setting: (name: string) => string | undefined): string | undefined {
  if (source.type === 'script' || resolve(source.url, setting) !== undefined) return undefined;
  return (source.url as Reference).environment;
}
