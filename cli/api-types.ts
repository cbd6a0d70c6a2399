/** What the HTTP API answers, as far as commands show it: `api-types.test.ts` holds it against the app's own schemas. */
export interface Page<T> {
  value: T[];
  continuation?: string | undefined;
}

export interface Problem {
  title: string;
  status: number;
  detail: string;
  hint?: string | undefined;
  problems?: string[] | undefined;
  missing?: string[] | undefined;
  activeRun?: string | undefined;
}

export interface Health {
  status: string;
  parts: { name: string; status: string; detail: string; cure?: string | undefined }[];
}

export interface Schedule {
  cron: string;
  timeZone: string;
  nextAt?: string | undefined;
}

export interface Source {
  name: string;
  type: string;
  status: string;
  schedule?: Schedule | undefined;
  lastCheckedAt?: string | undefined;
  lastChangedAt?: string | undefined;
  retryAt?: string | undefined;
  error?: { reason: string; message: string; hint?: string | undefined } | undefined;
}

export interface Pipeline {
  name: string;
  description: string;
  enabled: boolean;
  /** Lake folder where files are dropped, such as `landing/iris/`. */
  landing?: string | undefined;
  champion?: string | undefined;
  activeRun?: string | undefined;
  error?: string | undefined;
  schedule?: (Schedule & { prefix?: string | undefined }) | undefined;
  sources?: Source[] | undefined;
}

export interface Collecting {
  value: { source: string; status: string }[];
}

export interface Stage {
  name: string;
  status: string;
  startedAt?: string | undefined;
  finishedAt?: string | undefined;
  detail?: string | undefined;
  /** Run whose outcome of this stage was taken over. */
  reusedFrom?: string | undefined;
  /** The object on the cluster that does the work. */
  job?: { name: string } | undefined;
}

export interface Review {
  version: string;
  status: string;
  reasons: string[];
  requestedAt: string;
  deadlineAt: string;
  onDeadline: 'reject' | 'approve';
  decidedBy?: string | undefined;
  decidedAt?: string | undefined;
  comment?: string | undefined;
}

export interface RunError {
  stage: string;
  reason: string;
  message: string;
  hint?: string | undefined;
}

export interface Gate {
  decision: string;
  reasons: string[];
}

export interface Run {
  runId: string;
  pipeline: string;
  batchId: string;
  status: string;
  stage?: string | undefined;
  waitingFor?: string | undefined;
  stages: Stage[];
  modelVersion?: string | undefined;
  metrics?: Record<string, number> | undefined;
  gate?: Gate | undefined;
  review?: Review | undefined;
  error?: RunError | undefined;
  startedAt: string;
  finishedAt?: string | undefined;
}

export interface RunStarted {
  runId: string;
}

export interface RunLog {
  stage: string;
  attempt: number;
  attempts: number[];
  /** The pods still run: more may come. */
  live: boolean;
  pods: { pod: string; lines: string[] }[];
}

export interface Measure {
  value: number;
  limit: number;
  exceeded: boolean;
}

export interface DriftReport {
  baseline: string;
  rows: { baseline: number; batch: number };
  features: {
    name: string;
    type: string;
    isLabel: boolean;
    measures: Record<string, Measure | undefined>;
    drifted: boolean;
  }[];
  problems: string[];
  drifted: boolean;
}

export interface ModelVersion {
  pipeline: string;
  version: string;
  runId: string;
  status: string;
  metrics: Record<string, number>;
  championMetrics?: Record<string, number> | undefined;
  changedPredictions?: number | undefined;
  gate?: Gate | undefined;
  review?: Review | undefined;
  path: string;
  codeDigest: string;
  image?: string | undefined;
  createdAt: string;
}

export interface ModelList extends Page<ModelVersion> {
  aliases: { champion?: string | undefined; challenger?: string | undefined };
}

export interface Model extends ModelVersion {
  lineage: {
    batch: string;
    files: { path: string; size: number }[];
    baseVersion?: string | undefined;
    champion?: string | undefined;
  };
  promotion?:
    | {
        status: string;
        waitingFor?: string | undefined;
        error?: { reason: string; message: string; hint?: string | undefined } | undefined;
      }
    | undefined;
}

export interface GoldenRequests {
  requests: unknown[];
}

export interface Arrivals {
  path: string;
  value: {
    pipeline: string;
    eTag: string;
    size: number;
    at: string;
    runId?: string | undefined;
    waiting?: true | undefined;
  }[];
  runs: {
    pipeline: string;
    runId: string;
    eTag: string;
    status?: string | undefined;
    modelVersion?: string | undefined;
    modelStatus?: string | undefined;
  }[];
  continuation?: string | undefined;
}

export interface Waiting {
  value: { path: string; eTag: string; size: number; at: string; marker: boolean }[];
}

export interface Partition {
  from: string;
  to: string;
  files: number;
  bytes: number;
  status?: string | undefined;
  runId?: string | undefined;
}

export interface Backfill {
  backfillId: string;
  pipeline: string;
  status: string;
  from: string;
  to: string;
  partition: string;
  parallel: number;
  partitions: Partition[];
  startedAt: string;
  finishedAt?: string | undefined;
}

/** What a backfill runs over; with its id once it is under way. */
export interface BackfillPlan {
  backfillId?: string | undefined;
  partitions: Partition[];
}
