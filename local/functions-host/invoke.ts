import { randomUUID } from 'node:crypto';
import type { AppFunction } from './app-function.ts';
import type { Callback, Level, Log, RpcResponse, TypedData } from './core.ts';
import type { App } from './load-app.ts';

/** Kinds of calls into the app. */
export type Kind = 'http' | 'eventGrid' | 'timer' | 'orchestrator' | 'activity';

/** What came of a call: the response of @azure/functions, or the error that was thrown. */
export type Result = ({ ok: true } & RpcResponse) | { ok: false; message: string; stack: string };

/** Calls a function with the value of its trigger; it never throws. */
export type Invoke = (fn: AppFunction, kind: Kind, data: TypedData, metadata?: Metadata) => Promise<Result>;

type Metadata = Record<string, TypedData>;

export interface InvokerOptions {
  app: App;
  log: Log;
  /** The value of a durableClient input. */
  durableClient(): object | undefined;
  record?: (call: { function: string; kind: Kind; data: TypedData; response: Result }) => void;
}

/** Makes what calls into the app, as the Node worker does. */
export function createInvoker({ app, log, durableClient, record }: InvokerOptions): Invoke {
  const appHookData = {};

  function coreContext(fn: AppFunction, invocationId: string, data: TypedData, triggerMetadata: Metadata) {
    const clients = fn.bindings
      .filter(({ type }) => type.toLowerCase() === 'durableclient')
      .map(({ name }) => ({ name, data: { json: JSON.stringify(durableClient()) } }));
    const inputData = [{ name: fn.trigger.name, data }, ...clients];
    const traceContext = { traceParent: '', traceState: '', attributes: {} };
    return {
      invocationId,
      metadata: { name: fn.name, bindings: Object.fromEntries(fn.bindings.map((binding) => [binding.name, binding])) },
      request: { invocationId, inputData, triggerMetadata, traceContext },
      state: 'preInvocationHooks',
      log: (level: Level, category: string, text: string) => {
        log(level, category === 'user' ? `Function.${fn.name}.User` : `Function.${fn.name}`, text);
      },
    };
  }

  async function run(fn: AppFunction, core: ReturnType<typeof coreContext>): Promise<RpcResponse> {
    if (!app.model) throw new Error('The app has not loaded @azure/functions.');
    const model = app.model.getInvocationModel(core);
    const { context, inputs } = await model.getArguments();
    const call = { hookData: {}, appHookData, invocationContext: context, inputs, functionCallback: fn.callback };
    await runHooks(app, 'preInvocation', call);
    core.state = 'invocation';
    const outcome = await settle(() => model.invokeFunction(context, call.inputs, call.functionCallback as Callback));
    core.state = 'postInvocationHooks';
    const after = { ...call, ...outcome };
    await runHooks(app, 'postInvocation', after);
    // A rejection with nothing is no error to the Node worker.
    if (after.error !== undefined && after.error !== null) throw after.error;
    return model.getResponse(context, after.result);
  }

  return async (fn, kind, data, metadata = {}) => {
    const id = randomUUID();
    const started = Date.now();
    const response = await run(fn, coreContext(fn, id, data, metadata)).then(succeeded, failed);
    const text = `(${response.ok ? 'Succeeded' : 'Failed'}, Id=${id}, Duration=${Date.now() - started}ms)`;
    const reason = response.ok ? '' : `\n${failureText(response)}`;
    const level = response.ok ? (kind === 'orchestrator' ? 'debug' : 'information') : 'error';
    log(level, `Function.${fn.name}`, `Executed 'Functions.${fn.name}' ${text}${reason}`);
    record?.({ function: fn.name, kind, data, response });
    return response;
  };
}

/** An error in the words of the host. */
export const failureText = ({ message, stack }: { message: string; stack: string }): string =>
  `Result: Failure\nException: ${message}\nStack: ${stack}`;

/** Runs the hooks of a name, one after the other. */
export async function runHooks({ hooks }: App, name: string, context: object): Promise<void> {
  for (const hook of hooks.get(name) ?? []) await hook(context);
}

const settle = (run: () => Promise<unknown>): Promise<{ result?: unknown; error?: unknown }> =>
  run().then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );

const succeeded = ({ returnValue, outputData = [] }: RpcResponse): Result => ({
  ok: true,
  ...(returnValue === undefined ? {} : { returnValue }),
  outputData,
});

function failed(error: unknown): Result {
  if (error instanceof Error) return { ok: false, message: error.message, stack: String(error.stack) };
  const message = typeof error === 'object' ? JSON.stringify(error) : String(error);
  return { ok: false, message, stack: `Error: ${message}` };
}
