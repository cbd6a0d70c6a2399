import { appendFileSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdmin } from './admin.ts';
import type { AppFunction } from './app-function.ts';
import { createEventGridWebhook } from './event-grid-webhook.ts';
import { createHttpFunctions, mapRoutes } from './http-functions.ts';
import { createInvoker, runHooks, type InvokerOptions } from './invoke.ts';
import { ensureKeys, presentedKey } from './keys.ts';
import { loadApp } from './load-app.ts';
import { createLog } from './log.ts';
import { empty, unauthorized } from './replies.ts';
import { createCallServer, type Call } from './server.ts';
import { applyLocalSettings, readHostSettings } from './settings.ts';
import { startTimers } from './timers.ts';
import { inputOf, textOf } from './typed-data.ts';

export interface HostOptions {
  appDir: string;
  port: number;
  dataDir: string;
  /** File that each call into the app is appended to, as one line of JSON. */
  recordFile?: string;
}

export interface FunctionsHost {
  url: string;
  close(): Promise<void>;
}

const DRAIN_MS = 30_000;
const WEBHOOKS = /^\/runtime\/webhooks\/(eventgrid|durabletask)(\/.*)?$/i;

/** Loads an app and serves its functions. One app a process: what it loads stays loaded. */
export async function startFunctionsHost({ appDir, port, dataDir, recordFile }: HostOptions): Promise<FunctionsHost> {
  applyLocalSettings(appDir);
  const settings = readHostSettings(appDir);
  const log = createLog(settings.logLevel);
  const keys = ensureKeys(dataDir);
  const app = await loadApp(appDir, log);
  const { functions } = app;
  const routes = mapRoutes(functions, settings.routePrefix);
  log('information', 'Host.Startup', `${functions.length} functions found`);
  for (const { name, error } of functions) {
    if (error !== undefined) log('error', 'Host.Startup', `The '${name}' function is in error: ${error}`);
  }

  const invoke = createInvoker({
    app,
    log,
    durableClient: () => durable?.clientBinding(url, keys.system.durabletask_extension),
    ...(recordFile === undefined ? {} : { record: recordTo(recordFile) }),
  });
  const callHttp = createHttpFunctions(routes, keys, invoke);
  const callEventGrid = createEventGridWebhook(functions, invoke);
  const callAdmin = createAdmin({
    app,
    keys,
    routePrefix: settings.routePrefix,
    invoke,
    timerInput: (fn) => timers.input(fn),
  });

  async function callWebhook(call: Call, extension: string, path: string): Promise<Response> {
    const isEventGrid = extension.toLowerCase() === 'eventgrid';
    const key = presentedKey(call.headers, call.url.searchParams);
    const wanted = keys.system[isEventGrid ? 'eventgrid_extension' : 'durabletask_extension'];
    if (key !== wanted && key !== keys.master) return unauthorized();
    if (isEventGrid) return callEventGrid(call);
    if (!durable) return empty(404);
    const body = ['GET', 'HEAD'].includes(call.method) ? null : await call.read();
    return durable.fetch(new Request(call.url, { method: call.method, headers: call.headers, body }), path);
  }

  async function handle(call: Call): Promise<Response> {
    const path = call.url.pathname;
    const [, extension, rest = ''] = WEBHOOKS.exec(path) ?? [];
    if (extension !== undefined) return callWebhook(call, extension, rest);
    if (/^\/admin\//i.test(path)) return callAdmin(call);
    const response = await callHttp(call);
    if (response) return response;
    return path === '/' ? new Response(HOME, { headers: { 'content-type': 'text/html' } }) : empty(404);
  }

  // An app without orchestrations has no task hub.
  const startDurable = functions.some(isDurable) && (await import('./durable-functions.ts')).startDurableFunctions;
  const server = createCallServer(handle, (error) => {
    log('error', 'Host.Server', error instanceof Error ? String(error.stack) : String(error));
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Without it the durable SDK takes its own default for the host's address.
  process.env['WEBSITE_HOSTNAME'] ??= new URL(url).host;
  await runHooks(app, 'appStart', { hookData: {}, appHookData: {} });
  const durable = startDurable ? startDurable(functions, invoke, join(dataDir, 'durable'), settings) : undefined;
  const timers = startTimers({ functions, dataDir, invoke });

  return {
    url,
    async close() {
      const drained = Promise.all([once(server.close(), 'close'), timers.close()]);
      await Promise.race([drained, sleep(DRAIN_MS, undefined, { ref: false })]);
      server.closeAllConnections();
      await runHooks(app, 'appTerminate', { hookData: {}, appHookData: {} });
      await durable?.close();
    },
  };
}

const isDurable = ({ bindings }: AppFunction): boolean =>
  bindings.some(({ type }) => /^(durableclient|orchestrationtrigger|activitytrigger)$/i.test(type));

const HOME = '<!doctype html><title>Functions</title><p>Your Functions 4.0 app is up and running.</p>\n';

/** Writes calls down as the recordings of the real extensions have them. */
function recordTo(file: string): NonNullable<InvokerOptions['record']> {
  return ({ function: name, kind, data, response }) => {
    const line = { function: name, kind, input: inputOf(data), response };
    appendFileSync(file, `${JSON.stringify(line, asText)}\n`);
  };
}

function asText(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const bytes = this[key];
  return bytes instanceof Uint8Array ? textOf(bytes) : value;
}
