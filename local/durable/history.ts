/** The event types of an orchestration's history, by the numbers that the Durable Functions SDK reads. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventRaised: 15,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;

/** The name of one event type. */
export type EventName = keyof typeof EventType;

/** One event of a history; the fields beside the common ones depend on its type. */
export interface HistoryEvent {
  EventType: number;
  EventId: number;
  IsPlayed: boolean;
  Timestamp: string;
  [field: string]: unknown;
}

/** Which orchestration waits for a sub-orchestration, and under which task. */
export interface ParentInstance {
  Name: string;
  OrchestrationInstance: { InstanceId: string; ExecutionId: string };
  TaskScheduleId: number;
  Version: null;
}

/** What starts an execution of an instance: its first one, or a later generation. */
export interface Start {
  instanceId: string;
  executionId: string;
  name: string;
  version: string | null;
  /** JSON text. */
  input: string | null;
  parent: ParentInstance | null;
  /** How often the id was reused; null for sub-orchestrations and later generations. */
  generation: number | null;
}

/** A moment as .NET writes it: no trailing zeros in the fraction. */
export const stamp = (at: Date): string => at.toISOString().replace(/\.?0+Z$/, 'Z');

/** Makes an event; those that schedule something carry the task's number as EventId. */
export function makeEvent(type: EventName, at: Date, fields: Record<string, unknown> = {}, id = -1): HistoryEvent {
  return { EventType: EventType[type], ...fields, EventId: id, IsPlayed: false, Timestamp: stamp(at) };
}

/** The event that starts an execution. */
export function executionStarted(start: Start, at: Date): HistoryEvent {
  const { instanceId: InstanceId, executionId: ExecutionId, parent, name, version, input, generation } = start;
  return makeEvent('ExecutionStarted', at, {
    OrchestrationInstance: { InstanceId, ExecutionId },
    ParentInstance: parent,
    Name: name,
    Version: version,
    Input: input,
    Tags: null,
    Correlation: null,
    ParentTraceContext: null,
    ScheduledStartTime: null,
    Generation: generation,
    GenerateNewTrace: false,
  });
}
