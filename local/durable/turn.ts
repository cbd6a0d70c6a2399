import { findFunction, jsonText, type Action, type Decision, type Functions } from './actions.ts';
import type { Outcome } from './durable.ts';
import { orchestrationDetails, parseFailure, stateInFailure, unknownFunction } from './failure.ts';
import { makeEvent, stamp, type HistoryEvent } from './history.ts';
import { Replay } from './replay.ts';
import { isOver, parentOf, type Instance, type Status } from './store.ts';

/** What an orchestrator returns, as JSON. */
interface State {
  isDone: boolean;
  actions: Action[][];
  output?: unknown;
  error?: string;
  customStatus?: unknown;
}

/** Where an orchestration stands after a turn. */
interface Standing {
  status: Status;
  output: string | null;
  /** Details of a failure, for the parent. */
  details?: string;
  /** The input of the next generation, when there is to be one. */
  restart?: { input: string | null };
}

/** What one turn of an orchestration changes. */
export interface Turn extends Standing {
  customStatus: string | null;
  decisions: Decision[];
  /** Events to add after those that the orchestrator was called with. */
  events: HistoryEvent[];
}

/** The value that an orchestrator is called with. */
export function orchestratorInput(instance: Instance, history: HistoryEvent[], isReplaying: boolean): object {
  return {
    history,
    input: instance.input === null ? null : (JSON.parse(instance.input) as unknown),
    instanceId: instance.id,
    isReplaying,
    parentInstanceId: parentOf(instance)?.OrchestrationInstance.InstanceId ?? null,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
}

/** Decides what follows from an orchestrator's answer to a history; without a call, for want of the function, it fails. */
export function decide(name: string, history: HistoryEvent[], outcome: Outcome, functions: Functions, now: Date): Turn {
  if (findFunction(functions.orchestrators, name) === undefined) {
    return turnOf(
      { status: 'Failed', output: unknownFunction(name, 'orchestrator', functions.orchestrators) },
      [],
      null,
      now,
    );
  }
  const state = (outcome.ok ? outcome.value : stateInFailure(outcome.error)) as State | undefined;
  if (!state) return turnOf(failure(name, parseFailure(outcome.ok ? '' : outcome.error).message), [], null, now);
  const run = new Replay(state.actions[0] ?? [], history, functions);
  return turnOf(standing(name, state, run), run.decisions, jsonText(state.customStatus), now);
}

function standing(name: string, state: State, run: Replay): Standing {
  if (run.isTerminated) return { status: 'Terminated', output: run.reason };
  if (run.nondeterminism !== undefined) return { status: 'Failed', output: run.nondeterminism };
  if (run.isSuspended) return { status: 'Suspended', output: run.reason };
  // What was scheduled is waited for, whatever the orchestrator's code says.
  if (!run.isThrough || run.hasOpenTasks) return { status: 'Running', output: null };
  const error = run.refusal ?? state.error;
  if (error) return failure(name, error);
  if (!state.isDone) return { status: 'Running', output: null };
  if (run.continueAsNew) return { status: 'Running', output: null, restart: run.continueAsNew };
  return { status: 'Completed', output: jsonText(state.output) };
}

function failure(name: string, error: string): Standing {
  return {
    status: 'Failed',
    output: `Orchestrator function '${name}' failed: ${error}`,
    details: orchestrationDetails(error),
  };
}

function turnOf(stands: Standing, decisions: Decision[], customStatus: string | null, now: Date): Turn {
  const { status: OrchestrationStatus, output: Result } = stands;
  const events = decisions.map(({ event }) => ({ ...event, Timestamp: stamp(now) }));
  if (isOver(OrchestrationStatus)) {
    events.push(makeEvent('ExecutionCompleted', now, { OrchestrationStatus, Result, FailureDetails: null }));
  }
  return { ...stands, customStatus, decisions, events: [...events, makeEvent('OrchestratorCompleted', now)] };
}
