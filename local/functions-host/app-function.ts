import type { Binding, Callback } from './core.ts';
import { nextOccurrence, scheduleOf } from './schedule.ts';

/** A function that the app registered. */
export interface AppFunction {
  name: string;
  bindings: Binding[];
  trigger: Binding;
  callback: Callback;
  /** Why the function cannot be called, in the host's words. */
  error?: string;
}

const SUPPORTED = /^(http|((http|timer|eventGrid|orchestration|activity)trigger)|durableClient)$/i;

/** Makes a function of what was registered, and finds what stands against calling it. */
export function createAppFunction(name: string, named: Record<string, Binding>, callback: Callback): AppFunction {
  const bindings = Object.entries(named).map(([key, binding]) => ({ ...binding, name: key }));
  const trigger = bindings.find(({ type }) => /trigger$/i.test(type));
  if (!trigger) throw new Error(`The function '${name}' has no trigger.`);
  const error = unsupported(bindings) ?? badSchedule(trigger);
  return { name, bindings, trigger, callback, ...(error === undefined ? {} : { error }) };
}

/** Whether a function is started by a kind of trigger. */
export const isTriggeredBy = ({ trigger }: AppFunction, type: string): boolean => trigger.type.toLowerCase() === type;

/** The functions that a kind of trigger can start. */
export const triggeredBy = (functions: AppFunction[], type: string): AppFunction[] =>
  functions.filter((fn) => isTriggeredBy(fn, type) && fn.error === undefined);

function unsupported(bindings: Binding[]): string | undefined {
  const types = bindings.map(({ type }) => type).filter((type) => !SUPPORTED.test(type));
  if (types.length === 0) return undefined;
  return `The binding type(s) '${types.join(', ')}' are not supported by the local functions host, which has HTTP, timer, Event Grid and durable bindings.`;
}

function badSchedule(trigger: Binding): string | undefined {
  if (trigger.type.toLowerCase() !== 'timertrigger') return undefined;
  const schedule = scheduleOf(trigger);
  try {
    nextOccurrence(schedule, new Date());
    return undefined;
  } catch (cause) {
    return `The schedule expression '${schedule}' was not recognized as a valid cron expression (${String(cause)}).`;
  }
}
