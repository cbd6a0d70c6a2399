import type { HistoryEvent } from './history.ts';

/** An action as the orchestrator's state lists it. */
export interface Action {
  actionType: number;
  functionName?: string;
  input?: unknown;
  instanceId?: string;
  version?: string;
  fireAt?: string;
  isCanceled?: boolean;
  externalEventName?: string;
  retryOptions?: RetryOptions;
  compoundActions?: Action[];
}

/** How often and when a failed task is tried again, in milliseconds. */
export interface RetryOptions {
  firstRetryIntervalInMilliseconds: number;
  maxNumberOfAttempts: number;
  backoffCoefficient?: number;
  maxRetryIntervalInMilliseconds?: number;
  retryTimeoutInMilliseconds?: number;
}

/** Something to schedule: the event that will tell of it, and what that event leaves out. */
export interface Decision {
  event: HistoryEvent;
  /** JSON text. */
  input?: string | null;
  fireAt?: number;
}

/** The functions of the app, by name. */
export interface Functions {
  orchestrators: string[];
  activities: string[];
}

/** Finds a function by its name, which has no case. */
export const findFunction = (known: string[], name: string): string | undefined =>
  known.find((each) => each.toLowerCase() === name.toLowerCase());

/** JSON text of a value, null for none. */
export const jsonText = (value: unknown): string | null => (value == null ? null : JSON.stringify(value));
