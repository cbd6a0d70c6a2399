import { triggeredBy, type AppFunction } from './app-function.ts';
import type { Invoke } from './invoke.ts';
import { fromHttpData, toHttpData } from './http-data.ts';
import { opens, presentedKey, type Keys } from './keys.ts';
import { empty } from './replies.ts';
import { compileRoute, type Route } from './route.ts';
import type { Call } from './server.ts';

/** A function with the route that it is served under. */
export interface HttpFunction extends Route {
  fn: AppFunction;
  template: string;
  methods: string[];
}

/** The host's own limit: https://learn.microsoft.com/azure/azure-functions/functions-app-settings#functions_request_body_size_limit */
const BODY_LIMIT = 104_857_600;

/** Lays out the routes, most specific first. A function whose route is taken or cannot be read is left in error. */
export function mapRoutes(functions: AppFunction[], prefix: string): HttpFunction[] {
  const mapped: HttpFunction[] = [];
  for (const fn of triggeredBy(functions, 'httptrigger')) {
    const template = [prefix, String(fn.trigger['route'] ?? fn.name)].filter(Boolean).join('/');
    const methods = (fn.trigger['methods'] as string[]).map((method) => method.toUpperCase());
    const taken = mapped.find((other) => conflicts(other, template, methods));
    if (taken) {
      fn.error = `The route specified conflicts with the route defined by function '${taken.fn.name}'.`;
      continue;
    }
    try {
      mapped.push({ fn, template, methods, ...compileRoute(template) });
    } catch (error) {
      fn.error = error instanceof Error ? error.message : String(error);
    }
  }
  return mapped.sort((a, b) => (a.rank < b.rank ? -1 : 1));
}

/** Answers calls to the app's HTTP functions, and nothing for calls that fit none. */
export function createHttpFunctions(
  routes: HttpFunction[],
  keys: Keys,
  invoke: Invoke,
): (call: Call) => Promise<Response | undefined> {
  const limit = Number(process.env['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT'] ?? BODY_LIMIT);
  return async (call) => {
    const path = decodePath(call.url.pathname);
    for (const { fn, methods, match } of routes) {
      const params = methods.includes(call.method) ? match(path) : undefined;
      if (!params) continue;
      const key = presentedKey(call.headers, call.url.searchParams);
      if (!opens(keys, key, String(fn.trigger['authLevel']))) return empty(401);
      if (Number(call.headers.get('content-length')) > limit) return empty(500, { connection: 'close' });
      const result = await invoke(fn, 'http', { http: await toHttpData(call, params) });
      return result.ok ? fromHttpData(result.returnValue?.http) : empty(500);
    }
    return undefined;
  };
}

const conflicts = (other: HttpFunction, template: string, methods: string[]): boolean =>
  other.template.toLowerCase() === template.toLowerCase() && methods.some((method) => other.methods.includes(method));

/** Decodes everything but the slash, which stays as it was written. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path.slice(1).replace(/%2f/gi, (slash) => `%25${slash.slice(1)}`));
  } catch {
    return path.slice(1);
  }
}
