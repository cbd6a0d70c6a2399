import { startDurable, type Durable, type Invocation, type Outcome } from '../durable/durable.ts';
import { triggeredBy, type AppFunction } from './app-function.ts';
import { failureText, type Invoke } from './invoke.ts';
import type { HostSettings } from './settings.ts';
import { valueOf } from './typed-data.ts';

/** Starts the durable engine over the app's orchestrators and activities. */
export function startDurableFunctions(
  functions: AppFunction[],
  invoke: Invoke,
  dataDir: string,
  { hubName, maxConcurrentActivities }: HostSettings,
): Durable {
  const orchestrators = triggeredBy(functions, 'orchestrationtrigger');
  const activities = triggeredBy(functions, 'activitytrigger');

  async function call({ function: name, kind, input }: Invocation): Promise<Outcome> {
    const candidates = kind === 'orchestrator' ? orchestrators : activities;
    const fn = candidates.find((other) => other.name.toLowerCase() === name.toLowerCase());
    if (!fn) return { ok: false, error: `The function '${name}' doesn't exist.` };
    const result = await invoke(fn, kind, { json: JSON.stringify(input ?? null) });
    return result.ok ? { ok: true, value: valueOf(result.returnValue) } : { ok: false, error: failureText(result) };
  }

  return startDurable({
    dataDir,
    orchestrators: orchestrators.map(({ name }) => name),
    activities: activities.map(({ name }) => name),
    invoke: call,
    ...(hubName === undefined ? {} : { hubName }),
    ...(maxConcurrentActivities === undefined ? {} : { maxConcurrentActivities }),
  });
}
