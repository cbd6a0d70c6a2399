import { basename } from 'node:path';
import { isTriggeredBy, type AppFunction } from './app-function.ts';
import type { TypedData } from './core.ts';
import type { Invoke } from './invoke.ts';
import { presentedKey, type Keys } from './keys.ts';
import type { App } from './load-app.ts';
import { empty, json, text, unauthorized } from './replies.ts';
import type { Call } from './server.ts';

export interface AdminOptions {
  app: App;
  keys: Keys;
  routePrefix: string;
  invoke: Invoke;
  timerInput(fn: AppFunction): TypedData;
}

const ABSENT =
  /^host\/(keys|functionkeys|systemkeys|config|processes|extensionbundle)\b|^functions\/[^/]+\/keys\b|^vfs\b|^instance\//;

/** Answers /admin: whether the host is up, what functions it has, and calls by hand. */
export function createAdmin({
  app,
  keys,
  routePrefix,
  invoke,
  timerInput,
}: AdminOptions): (call: Call) => Promise<Response> {
  const started = Date.now();

  async function forOperators(call: Call, path: string): Promise<Response> {
    if (ABSENT.test(path)) return text(501, `/admin/${path} is not supported by the local functions host.`);
    if (path === 'host/status') return json(status());
    const [, name, part] = path.split('/');
    if (name === undefined) return json(sorted(app.functions).map((fn) => describe(fn, 'https://localhost')));
    const fn = app.functions.find((other) => other.name.toLowerCase() === name);
    if (!fn) return empty(404);
    if (part === 'status') return json(fn.error === undefined ? {} : { errors: [fn.error] });
    if (call.method === 'GET') return json(describe(fn, call.url.origin));
    if (call.method === 'POST') return start(fn, call);
    return text(501, `${call.method} of a function is not supported by the local functions host.`);
  }

  async function start(fn: AppFunction, call: Call): Promise<Response> {
    if (!/^application\/json\b/.test(call.headers.get('content-type') ?? '')) return empty(415);
    const input = readInput(await call.read());
    if (input === undefined) return empty(400);
    if (fn.error !== undefined) return empty(404);
    // An HTTP function is answered for and never runs: it has no request.
    if (isTriggeredBy(fn, 'timertrigger')) void invoke(fn, 'timer', timerInput(fn));
    else if (isTriggeredBy(fn, 'eventgridtrigger')) void invoke(fn, 'eventGrid', { string: input });
    else if (isTriggeredBy(fn, 'activitytrigger')) void invoke(fn, 'activity', { string: input });
    return empty(202);
  }

  const status = (): object => ({
    id: 'landfall',
    state: 'Running',
    version: '4.1037.0.0',
    versionDetails: 'local functions host',
    platformVersion: '',
    instanceId: '',
    computerName: '',
    processUptime: Date.now() - started,
    functionAppContentEditingState: 'Unknown',
  });

  const describe = (fn: AppFunction, origin: string): object => ({
    name: fn.name,
    script_root_path_href: null,
    script_href: `${origin}/admin/vfs${app.dir}/${app.main}`,
    config_href: null,
    test_data_href: null,
    href: `${origin}/admin/functions/${fn.name}`,
    invoke_url_template: isTriggeredBy(fn, 'httptrigger') ? `${origin}/${pathOf(fn, routePrefix)}` : null,
    language: 'node',
    config: {
      name: fn.name,
      entryPoint: '',
      scriptFile: basename(app.main),
      language: 'node',
      functionDirectory: app.dir,
      bindings: fn.bindings,
    },
    files: null,
    test_data: '',
    isDisabled: false,
    isDirect: false,
    isProxy: false,
  });

  return async (call) => {
    const path = call.url.pathname.toLowerCase().replace(/^\/admin\/|\/$/g, '');
    if (path === 'host/ping') return empty(200, { 'cache-control': 'no-store,no-cache', pragma: 'no-cache' });
    if (path === 'warmup') return empty(200);
    if (!/^(host\/status$|functions(\/[^/]+(\/status)?)?$)/.test(path) && !ABSENT.test(path)) return empty(404);
    const key = presentedKey(call.headers, call.url.searchParams);
    if (key === keys.master) return forOperators(call, path);
    return key === keys.function ? empty(403) : unauthorized();
  };
}

const sorted = (functions: AppFunction[]): AppFunction[] =>
  functions.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));

const pathOf = ({ name, trigger }: AppFunction, prefix: string): string =>
  [prefix, String(trigger['route'] ?? name.toLowerCase())].filter(Boolean).join('/');

/** The text in `{"input": "…"}`; undefined where the body is anything else. */
function readInput(body: Buffer): string | undefined {
  try {
    const { input = '' } = JSON.parse(body.toString()) as { input?: unknown };
    return typeof input === 'string' ? input : undefined;
  } catch {
    return undefined;
  }
}
