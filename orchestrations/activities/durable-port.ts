/** What the edge and a few activities ask of Durable Functions. */
export interface DurablePort {
  /** Starts an orchestration under an id; false when that id runs already. */
  start(orchestration: string, instanceId: string, input: unknown): Promise<boolean>;
  /** Raises an event; an instance that is over or unknown takes it calmly. */
  raise(instanceId: string, event: string, payload: unknown): Promise<void>;
  /** State of an instance; undefined when there is none. */
  status(
    instanceId: string,
  ): Promise<{ over: boolean; failed?: string; output?: unknown; customStatus?: unknown } | undefined>;
}
