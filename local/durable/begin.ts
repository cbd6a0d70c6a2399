import { findFunction, jsonText, type Action, type Decision, type Functions, type RetryOptions } from './actions.ts';
import { unknownFunction } from './failure.ts';
import { makeEvent, stamp } from './history.ts';
import { Task, whenAll, whenAny } from './task.ts';

/** What the actions of one replay share. */
export interface Scheduler {
  functions: Functions;
  executionId: string;
  /** The orchestration's clock: when the turn being replayed began. */
  now: number;
  continueAsNew?: { input: string | null };
  /** Gives the next number and remembers what is to be scheduled under it. */
  schedule(make: (id: number) => Decision): { id: number; task: Task };
  /** Does not hold up the end of the orchestration any more. */
  abandon(id: number): void;
  waitFor(event: string): Task;
}

/** An action that cannot be carried out; the orchestration fails with its text. */
export class Refusal extends Error {}

const DAY = 86_400_000;
// The SDK is told both (`maximumShortTimerDuration`, `longRunningTimerIntervalDuration`) and numbers its tasks by them.
const LONGEST_TIMER = 6 * DAY;
const TIMER_STEP = 3 * DAY;
const LONGEST_RETRY_INTERVAL = 6 * DAY;
const UNSUPPORTED: Record<number, string> = { 7: 'callEntity', 8: 'callHttp', 9: 'signalEntity', 13: 'lock' };

/** Begins an action (types are the numbers of the out-of-process protocol); compound ones begin their parts in order. */
export function begin(action: Action, scheduler: Scheduler): Task {
  const parts = (): Task[] => (action.compoundActions ?? []).map((part) => begin(part, scheduler));
  switch (action.actionType) {
    case 0:
      return callActivity(action, scheduler);
    case 1:
      return retry(action.retryOptions, scheduler, () => callActivity(action, scheduler));
    case 2:
      return callChild(action, scheduler);
    case 3:
      return retry(action.retryOptions, scheduler, () => callChild(action, scheduler));
    case 4:
      scheduler.continueAsNew = { input: processedInput(action.input) };
      return whenAll([]);
    case 5:
      return createTimer(action, scheduler);
    case 6:
      return scheduler.waitFor(action.externalEventName ?? '');
    case 11:
      return whenAny(parts());
    case 12:
      return whenAll(parts());
    default:
      throw refusal(UNSUPPORTED[action.actionType] ?? `Action type ${action.actionType}`);
  }
}

const refusal = (what: string): Refusal =>
  new Refusal(`${what} is not supported by the local Durable Functions engine.`);

/** Inputs of activities and later generations come as JSON text when they are strings, and as they are otherwise. */
const processedInput = (input: unknown): string | null => (typeof input === 'string' ? input : jsonText(input));

function callActivity({ functionName, input }: Action, scheduler: Scheduler): Task {
  const Name = known(functionName, 'activity', scheduler.functions.activities);
  const fields = { Name, Version: '', Input: null, ParentTraceContext: null, Tags: null };
  const decide = (id: number): Decision => ({
    event: makeEvent('TaskScheduled', new Date(scheduler.now), fields, id),
    input: processedInput(input),
  });
  return scheduler.schedule(decide).task;
}

function callChild({ functionName, instanceId, version, input }: Action, scheduler: Scheduler): Task {
  const Name = known(functionName, 'orchestrator', scheduler.functions.orchestrators);
  const decide = (id: number): Decision => {
    const InstanceId = instanceId || `${scheduler.executionId}:${id}`;
    const fields = { Name, Version: version ?? null, InstanceId, Input: null, ClientSpanId: null, Tags: null };
    return {
      event: makeEvent('SubOrchestrationInstanceCreated', new Date(scheduler.now), fields, id),
      input: jsonText(input),
    };
  };
  return scheduler.schedule(decide).task;
}

function known(name = '', kind: 'orchestrator' | 'activity', all: string[]): string {
  const found = findFunction(all, name);
  if (found === undefined) throw new Refusal(unknownFunction(name, kind, all));
  return found;
}

function retry(options: RetryOptions | undefined, scheduler: Scheduler, call: () => Task): Task {
  if (!options || options.retryTimeoutInMilliseconds) throw refusal('retryTimeoutInMilliseconds');
  const whole = new Task();
  const attempt = (number: number): void => {
    call().onEnd(({ hasFailed }) => {
      if (!hasFailed) whole.end();
      else
        timer(scheduler.now + retryDelay(options, number), scheduler).task.onEnd(() => {
          next(number + 1);
        });
    });
  };
  const next = (number: number): void => {
    if (number <= options.maxNumberOfAttempts) attempt(number);
    else whole.end(true);
  };
  attempt(1);
  return whole;
}

/** After the last attempt there is a wait too, but an empty one. */
function retryDelay(options: RetryOptions, attempt: number): number {
  if (attempt >= options.maxNumberOfAttempts) return 0;
  const delay = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(delay, options.maxRetryIntervalInMilliseconds ?? LONGEST_RETRY_INTERVAL);
}

function timer(fireAt: number, scheduler: Scheduler): { id: number; task: Task } {
  const fields = { FireAt: stamp(new Date(fireAt)) };
  return scheduler.schedule((id) => ({
    event: makeEvent('TimerCreated', new Date(scheduler.now), fields, id),
    fireAt,
  }));
}

/** A cancelled timer ends at once; one of several steps goes on silently, or the numbers of later tasks would move. */
function createTimer({ fireAt = '', isCanceled }: Action, scheduler: Scheduler): Task {
  const end = Date.parse(fireAt);
  const whole = new Task();
  const step = (isFirst: boolean): void => {
    const isLast = end - scheduler.now <= LONGEST_TIMER;
    const { id, task } = timer(isLast ? end : scheduler.now + TIMER_STEP, scheduler);
    if (isCanceled) scheduler.abandon(id);
    if (isCanceled && isFirst && isLast) whole.end();
    task.onEnd(() => {
      if (isLast) whole.end();
      else step(false);
    });
  };
  step(true);
  return whole;
}
