import type { ClusterName } from './config.ts';
import type { GateDecision } from './gate.ts';
import type { FinalStatus, ReviewStatus, RunStatus, Stage, StageStatus } from './status.ts';

/** Why a run failed, in words that a person can act on. */
export interface RunError {
  stage: Stage;
  reason: string;
  message: string;
  hint?: string;
}

/** One stage of a run, as shown. Times are ISO 8601. */
export interface StageView {
  name: Stage;
  status: StageStatus;
  startedAt?: string;
  finishedAt?: string;
  detail?: string;
  /** Run whose outcome of this stage was taken over, since its inputs were the same or somebody asked for that. */
  reusedFrom?: string;
  /** The cluster's object that does the stage's work. */
  job?: StageJob;
}

/** Where on which cluster a job is found. */
export interface StageJob {
  cluster: ClusterName;
  kind: string;
  namespace: string;
  name: string;
  attempt: number;
  /** The cluster in Azure, where the HTTP API shows the job and it is one of AKS. */
  aks?: AksCluster;
}

/** An AKS cluster as people find it. */
export interface AksCluster {
  resourceId: string;
  /** Address in the Azure portal. */
  portal?: string;
}

/** A question to a person about one run, and its answer. Times are ISO 8601. */
export interface Review {
  runId: string;
  version: string;
  status: ReviewStatus;
  reasons: string[];
  requestedAt: string;
  deadlineAt: string;
  /** What happens when nobody decides. */
  onDeadline: 'reject' | 'approve';
  /** Where to decide. */
  link: string;
  decidedBy?: string;
  decidedAt?: string;
  comment?: string;
}

/** What an orchestration tells of a run while it goes: its custom status, at most 16 kB. */
export interface RunProgress {
  stage: Stage;
  stages: StageView[];
  /** Instance id of the sub-orchestration that the run waits for now. */
  child?: string;
  /** What is waited for, where no child waits. */
  waitingFor?: string;
  modelVersion?: string;
  metrics?: Record<string, number>;
  gate?: GateDecision;
  review?: Review;
}

/** A run, as the HTTP API shows it. */
export interface Run {
  runId: string;
  pipeline: string;
  batchId: string;
  status: RunStatus;
  stage?: Stage;
  waitingFor?: string;
  stages: StageView[];
  modelVersion?: string;
  metrics?: Record<string, number>;
  gate?: GateDecision;
  review?: Review;
  error?: RunError;
  startedAt: string;
  finishedAt?: string;
}

/** How a run ended. */
export interface RunOutcome {
  status: FinalStatus;
  error?: RunError;
}

/** Files of one batch. Paths are lake paths (`landing/iris/a.csv`), sizes bytes. */
export interface Batch {
  pipeline: string;
  batchId: string;
  runId: string;
  createdAt: string;
  files: { path: string; eTag: string; size: number }[];
}

/** What a run was asked to do other than its pipeline declares. */
export interface RunRequest {
  parameters?: { process?: Record<string, Parameter>; train?: Record<string, Parameter> };
  /** `fresh`, `champion` or a weights file of the lake. */
  initialWeights?: string;
  /** The run ends well after this stage. */
  toStage?: LastStage;
  /** Jobs run even if their inputs were processed before. */
  noCache?: boolean;
  /** The run repeats another one over the same batch; what that one did before this stage is taken over. */
  rerun?: { of: string; fromStage: FirstStage };
}
/** Stages after which a run may be asked to end. */
export const LAST_STAGES = ['process', 'train', 'record', 'validate', 'build'] as const;
export type LastStage = (typeof LAST_STAGES)[number];
/** Stages with which a rerun may begin; the gate judges again whatever was taken over. */
export const FIRST_STAGES = ['process', 'train', 'validate'] as const;
export type FirstStage = (typeof FIRST_STAGES)[number];
export type Parameter = string | number | boolean;

/** What a version is made of: `sha256:` and hex of each file, and of the layer with the code. */
export interface ModelDigests {
  code: string;
  weights?: string;
  torchScript?: string;
}

/** Where a version comes from. The batch manifest lists its files with their eTags. */
export interface ModelLineage {
  batch: string;
  files: number;
  /** Version whose weights the training began with. */
  baseVersion?: string;
  /** Version that it was compared with. */
  champion?: string;
  /** Runs whose data or training it was taken over from. */
  processedBy?: string;
  trainedBy?: string;
}

/** What became of a version: of one that is over, how its run ended. */
export type ModelStatus = 'Candidate' | 'Deployed' | Exclude<FinalStatus, 'Succeeded'>;

/** A model that a run made: what it is, never changed once written. */
export interface ModelFacts {
  pipeline: string;
  version: string;
  runId: string;
  batchId: string;
  metrics: Record<string, number>;
  /** The champion's metrics on the same held-out rows. */
  championMetrics?: Record<string, number>;
  /** Share of the held-out rows that champion and challenger predict differently. */
  changedPredictions?: number;
  /** Lake folder of weights, TorchScript, model script, metadata, profile and golden requests. */
  path: string;
  codeDigest: string;
  digests: ModelDigests;
  lineage: ModelLineage;
  createdAt: string;
}

/** What is learnt of a version after it was written. */
export interface ModelNotes {
  status: ModelStatus;
  gate?: GateDecision;
  review?: Review;
  /** Serving image by digest. */
  image?: string;
}

/** A model version as the registry lists it. */
export type ModelVersion = ModelFacts & ModelNotes;
