import { systemClock, type Clock } from './clock.ts';
import { openEngine } from './engine.ts';
import { createApi } from './http-api.ts';
import { clientBinding } from './links.ts';

export type { Clock } from './clock.ts';

/** One call into the app. */
export interface Invocation {
  function: string;
  kind: 'orchestrator' | 'activity';
  input: unknown;
}

/** What came of a call: an orchestrator's state or an activity's value, or the error text as the host writes it. */
export type Outcome = { ok: true; value: unknown } | { ok: false; error: string };

/** What the engine works with. */
export interface DurableOptions {
  dataDir: string;
  hubName?: string;
  orchestrators: string[];
  activities: string[];
  invoke(invocation: Invocation): Promise<Outcome>;
  clock?: Clock;
  maxConcurrentActivities?: number;
}

/** A running engine. */
export interface Durable {
  /** Answers the HTTP management API; `path` is what follows /runtime/webhooks/durabletask. */
  fetch(request: Request, path: string): Promise<Response>;
  /** The value of a durableClient input. */
  clientBinding(origin: string, code: string): object;
  close(): Promise<void>;
}

/** Starts the Durable Functions engine on its data folder and takes up what was left undone there. */
export function startDurable(options: DurableOptions): Durable {
  const { hubName = 'TestHubName', clock = systemClock } = options;
  const engine = openEngine({ maxConcurrentActivities: 20, ...options, hubName, clock });
  const api = createApi(engine, hubName, clock);
  return {
    fetch: api,
    clientBinding: (origin, code) => clientBinding(origin, hubName, code),
    close: () => {
      engine.close();
      return Promise.resolve();
    },
  };
}
