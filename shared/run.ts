import type { GateDecision } from './gate.ts';
import type { RunStatus, Stage, StageStatus } from './status.ts';

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
}

/** What an orchestration tells of a run while it goes: its custom status, at most 16 kB. */
export interface RunProgress {
  stage: Stage;
  stages: StageView[];
  /** Instance id of the sub-orchestration that the run waits for now. */
  child?: string;
  modelVersion?: string;
  metrics?: Record<string, number>;
  gate?: GateDecision;
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
  error?: RunError;
  startedAt: string;
  finishedAt?: string;
}

/** How a run ended. */
export interface RunOutcome {
  status: RunStatus;
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

/** A model that a run made; never changed once written. */
export interface ModelVersion {
  pipeline: string;
  version: string;
  runId: string;
  batchId: string;
  metrics: Record<string, number>;
  /** Lake folder of weights, TorchScript, model script, metadata and golden requests. */
  path: string;
  codeDigest: string;
  createdAt: string;
}
