import { z } from 'zod';
import { isAllowance } from './sources/addresses.ts';
import type { Telemetry } from './telemetry.ts';

const url = z
  .url({ protocol: /^https?$/, error: 'expected an http or https address' })
  .transform((text) => text.replace(/\/$/, ''));
const optional = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());

/** A cluster: `aks:RESOURCE_ID`, or `kubeconfig:PATH#CONTEXT`. */
const cluster = z
  .string()
  .regex(
    /^(aks:\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ContainerService\/managedClusters\/[^/]+|kubeconfig:[^#]+#.+)$/i,
    'expected aks:RESOURCE_ID of an AKS cluster, or kubeconfig:PATH#CONTEXT',
  )
  .transform((text): ClusterConnection => {
    if (text.startsWith('aks:')) return { resourceId: text.slice('aks:'.length) };
    const [path = '', context = ''] = text.slice('kubeconfig:'.length).split('#');
    return { kubeconfig: path, context };
  });

const environment = z.object({
  LAKE_URL: url.describe('Data Lake Storage (DFS) endpoint, such as https://ACCOUNT.dfs.core.windows.net'),
  LAKE_KEY: optional.describe('Account key; without it the managed identity is used'),
  TABLES_URL: url.describe('Table endpoint, such as https://ACCOUNT.table.core.windows.net'),
  TABLES_KEY: optional,
  TOPIC_URL: url.describe('Event Grid custom topic endpoint (CloudEvents schema)'),
  TOPIC_KEY: optional,
  APP_URL: z
    .preprocess((value) => (value === '' ? undefined : value), url.optional())
    .describe('Address of this app as people reach it; by default https:// and WEBSITE_HOSTNAME'),
  WEBSITE_HOSTNAME: optional,
  WEBSITE_AUTH_ENABLED: optional.describe('Set by App Service where its authentication is on'),
  REVIEW_WEBHOOK_URL: z
    .preprocess((value) => (value === '' ? undefined : value), z.url({ protocol: /^https?$/ }).optional())
    .describe('Where a review is announced too, as a JSON body'),
  REGISTRY_URL: url.describe('Container registry, such as https://NAME.azurecr.io'),
  REGISTRY_AUTH: z.enum(['identity', 'anonymous']).default('identity'),
  CLUSTER_DATA_PROCESSING: cluster,
  CLUSTER_TRAINING: cluster,
  CLUSTER_SERVING: cluster,
  SERVING_GATEWAY: z
    .preprocess((value) => (value === '' ? undefined : value), url.optional())
    .describe('Ingress of the serving cluster; without it predictors are reached through the API server'),
  ARM_URL: url.default('https://management.azure.com').describe('Azure Resource Manager; another in sovereign clouds'),
  COLLECT_PRIVATE_ADDRESSES: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    )
    .refine(
      (entries) => entries.every(isAllowance),
      'expected hosts, addresses or networks, such as data.internal, 10.1.0.0/16',
    )
    .describe(
      'Private addresses that sources may be collected from, and hosts in a trusted network that may speak http',
    ),
  PIPELINES_FOLDER: z.string().default('workloads/pipelines'),
  RUNTIME_FOLDER: z.string().default('workloads/runtime'),
  DASHBOARD_FOLDER: z.string().default('dist/dashboard'),
  APPLICATIONINSIGHTS_CONNECTION_STRING: optional.describe('Application Insights, where traces of runs go'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .preprocess((value) => (value === '' ? undefined : value), url.optional())
    .describe('OTLP/HTTP collector, where traces of runs go too'),
});

export type ClusterName = 'data-processing' | 'training' | 'serving';
export type ClusterConnection = { resourceId: string } | { kubeconfig: string; context: string };

/** Everything that the app must be told, parsed. */
export interface Config {
  lake: { url: string; account: string; key?: string };
  tables: { url: string; account: string; key?: string };
  topic: { url: string; key?: string };
  /** Whether App Service authentication tells who sends a request. */
  isAuthenticated: boolean;
  /** Address of the app, for links in alerts. */
  appUrl: string;
  webhook?: string;
  registry: { url: string; anonymous: boolean };
  clusters: Record<ClusterName, ClusterConnection>;
  /** Azure Resource Manager. */
  armUrl: string;
  /** Private addresses that sources may be collected from: hosts, addresses or networks. */
  collectFrom: string[];
  /** Settings that sources refer to: addresses, tokens. */
  sourceSettings: Record<string, string>;
  /** Ingress of the serving cluster, where predictors are reached through it. */
  servingGateway?: string;
  folders: { pipelines: string; runtime: string };
  /** The built page. */
  dashboardFolder: string;
  /** Where traces go; nowhere where it is empty. */
  telemetry: Telemetry;
}

/** Reads the configuration from the environment; every missing or malformed value is listed, not only the first. */
export function readConfig(env: NodeJS.ProcessEnv): { config: Config } | { problems: string[] } {
  const parsed = environment.safeParse(env);
  const problems = parsed.success
    ? [...secretsOverHttp(parsed.data), ...unreachable(parsed.data)]
    : parsed.error.issues.map((issue) => problem(issue, env));
  if (!parsed.success || problems.length > 0) return { problems };
  const value = parsed.data;
  return {
    config: {
      lake: { url: value.LAKE_URL, account: accountOf(value.LAKE_URL), ...(value.LAKE_KEY && { key: value.LAKE_KEY }) },
      tables: {
        url: value.TABLES_URL,
        account: accountOf(value.TABLES_URL),
        ...(value.TABLES_KEY && { key: value.TABLES_KEY }),
      },
      topic: { url: value.TOPIC_URL, ...(value.TOPIC_KEY && { key: value.TOPIC_KEY }) },
      isAuthenticated: value.WEBSITE_AUTH_ENABLED?.toLowerCase() === 'true',
      appUrl: value.APP_URL ?? `https://${value.WEBSITE_HOSTNAME ?? ''}`,
      ...(value.REVIEW_WEBHOOK_URL && { webhook: value.REVIEW_WEBHOOK_URL }),
      registry: { url: value.REGISTRY_URL, anonymous: value.REGISTRY_AUTH === 'anonymous' },
      clusters: {
        'data-processing': value.CLUSTER_DATA_PROCESSING,
        training: value.CLUSTER_TRAINING,
        serving: value.CLUSTER_SERVING,
      },
      armUrl: value.ARM_URL,
      collectFrom: value.COLLECT_PRIVATE_ADDRESSES,
      sourceSettings: Object.fromEntries(sourceSettings(env)),
      ...(value.SERVING_GATEWAY && { servingGateway: value.SERVING_GATEWAY }),
      folders: { pipelines: value.PIPELINES_FOLDER, runtime: value.RUNTIME_FOLDER },
      dashboardFolder: value.DASHBOARD_FOLDER,
      telemetry: {
        ...(value.APPLICATIONINSIGHTS_CONNECTION_STRING && { insights: value.APPLICATIONINSIGHTS_CONNECTION_STRING }),
        ...(value.OTEL_EXPORTER_OTLP_ENDPOINT && { collector: value.OTEL_EXPORTER_OTLP_ENDPOINT }),
      },
    },
  };
}

/** Sources see no setting of the app itself, which could leak to whatever address they name. */
function sourceSettings(env: NodeJS.ProcessEnv): [string, string][] {
  return Object.entries(env).flatMap(([name, value]) => (name.startsWith('SOURCE_') && value ? [[name, value]] : []));
}

function problem(issue: z.core.$ZodIssue, env: NodeJS.ProcessEnv): string {
  const name = String(issue.path[0]);
  const hint = environment.shape[name as keyof typeof environment.shape]?.description;
  const what = env[name] === undefined ? 'is not set' : `${JSON.stringify(env[name])}: ${issue.message}`;
  return `${name} ${what}${hint ? ` (${hint})` : ''}`;
}

/** An identity's token must not travel in the clear, so plain http needs a key (which only signs). */
function secretsOverHttp(value: z.infer<typeof environment>): string[] {
  const pairs = [
    ['LAKE', value.LAKE_URL, value.LAKE_KEY],
    ['TABLES', value.TABLES_URL, value.TABLES_KEY],
    ['TOPIC', value.TOPIC_URL, value.TOPIC_KEY],
  ] as const;
  return pairs
    .filter(([, address, key]) => address.startsWith('http://') && key === undefined)
    .map(([name]) => `${name}_KEY is not set, and an identity's token is not sent over http: use https or set a key`);
}

/** Alerts carry a link to the app, so that it must know its own address. */
function unreachable({ APP_URL, WEBSITE_HOSTNAME }: z.infer<typeof environment>): string[] {
  return APP_URL === undefined && WEBSITE_HOSTNAME === undefined
    ? [`APP_URL is not set (${environment.shape.APP_URL.description})`]
    : [];
}

/** Account of an endpoint: the host's first label, or the first path segment where the host is an address. */
function accountOf(endpoint: string): string {
  const { hostname, pathname } = new URL(endpoint);
  return pathname.split('/')[1] || (hostname.split('.')[0] ?? '');
}
