import { RetryOptions, type OrchestrationContext, type Task } from 'durable-functions';
import type { Activities } from './activities/create-activities.ts';

/** What an orchestration is while it runs: it yields durable tasks and is given their results. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the SDK passes each task's result back untyped
export type Steps<T> = Generator<Task, T, any>;

/** Every activity as a step to be taken with `yield*`, with its own types. */
export type Calls = {
  [Name in keyof Activities]: (input: Parameters<Activities[Name]>[0]) => Steps<Awaited<ReturnType<Activities[Name]>>>;
};

const FIRST_RETRY_MS = 2_000;
const ATTEMPTS = 5;

/**
 * Typed calls of the activities, each with retries: what an activity throws is a fault that time may cure, what it
 * refuses it returns.
 */
export function calls(ctx: OrchestrationContext): Calls {
  const retry = new RetryOptions(FIRST_RETRY_MS, ATTEMPTS);
  retry.backoffCoefficient = 3;
  return new Proxy({} as Calls, {
    get: (_, name: string) =>
      function* (input: unknown): Steps<unknown> {
        return yield ctx.df.callActivityWithRetry(name, retry, input);
      },
  });
}
