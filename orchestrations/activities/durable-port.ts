import type { RunStatus } from '../../shared/status.ts';

/** What the edge and a few activities ask of Durable Functions. */
export interface DurablePort {
  /** Starts an orchestration under an id; false when that id runs already. */
  start(orchestration: string, instanceId: string, input: unknown): Promise<boolean>;
  /** Raises an event; an instance that is over or unknown takes it calmly. */
  raise(instanceId: string, event: string, payload: unknown): Promise<void>;
  /** State of an instance; undefined when there is none. */
  status(instanceId: string): Promise<{ over: boolean; failed?: string; customStatus?: unknown } | undefined>;
}

/** Name of the external event that means "look now": the cluster and the files are the truth. */
export const LOOK_NOW = 'jobFinished';

/** Names of the orchestrations, as they are registered. */
export const ORCHESTRATIONS = {
  collector: 'collector',
  pipelineRun: 'pipelineRun',
  awaitJob: 'awaitJob',
  rollout: 'rollout',
} as const;

/** A run that nothing follows, as the API may show it at once. */
export type FinalStatus = Exclude<RunStatus, 'Pending' | 'Running'>;
