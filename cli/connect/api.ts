import type { Address } from './connection.ts';
import type { Page } from './api-types.ts';
import { ApiError, CliError } from '../cli-error.ts';
import { refusal } from './refusal.ts';

/** What may go with a request. */
export interface Ask {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  /** Statuses beside success whose body is an answer too. */
  accept?: number[];
}

/** A body with the headers that came with it. */
export interface Answer<T> {
  body: T;
  headers: Headers;
}

/** The app's HTTP API; whatever is no answer is an error with its cure. */
export interface Api {
  url: string;
  /** Whether the app has answered once: it is there, if perhaps not all the time. */
  readonly hasAnswered: boolean;
  get<T>(path: ApiPath, ask?: Ask): Promise<T>;
  post<T>(path: ApiPath, body?: unknown, ask?: Ask): Promise<T>;
  answer<T>(method: 'GET' | 'POST', path: ApiPath, ask?: Ask): Promise<Answer<T>>;
  /** The first so many entries of a list, page by page. */
  list<T, L extends Page<T> = Page<T>>(path: ApiPath, count: number, query?: Ask['query']): Promise<L>;
}

/** A path below /api/ that is safe to ask for: made by `path` alone. */
export type ApiPath = string & { readonly isPath: unique symbol };

/** A path, such as path`runs/${id}`: what it is filled with may be anything that people type. */
export function path(parts: TemplateStringsArray, ...names: string[]): ApiPath {
  const safe = names.map((name) => {
    // A URL takes these for a way up, whatever the encoding.
    if (/^\.{0,2}$/.test(name)) throw new CliError(`"${name}" is no name.`, 'Give the id or name that a list shows.');
    return encodeURIComponent(name.toWellFormed());
  });
  return String.raw({ raw: parts }, ...safe) as ApiPath;
}

const LONGEST_PAGE = 500;

/** The API behind an address; requests end with the signal, or when the app takes too long. */
export function createApi(address: Address, { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number }): Api {
  const { url, key, token } = address;
  let hasAnswered = false;
  const answer = async <T>(method: 'GET' | 'POST', to: ApiPath, ask: Ask = {}): Promise<Answer<T>> => {
    const { query = {}, body, headers = {}, accept = [] } = ask;
    const what = `${method} ${to}`;
    const asked = new URL(`${url}/api/${to}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) asked.searchParams.set(name, String(value));
    let response: Response, text: string;
    try {
      response = await fetch(asked, {
        method,
        headers: {
          accept: 'application/json',
          ...(key && { 'x-functions-key': key }),
          // Beside the key, not in its place: the host asks for the one, the sign-in before it for the other.
          ...(token && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // Key and token go nowhere but where they were meant to.
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      text = await response.text();
    } catch (error) {
      signal.throwIfAborted();
      throw noAnswer(address, what, error, timeoutMs);
    }
    if (!response.ok && !accept.includes(response.status)) {
      const { status, headers: told } = response;
      const [retryAfter, location] = [told.get('retry-after'), told.get('location')];
      throw refusal({ url, what, status, retryAfter, location, text, hasKey: key !== '', hasToken: !!token });
    }
    const parsed = parse(url, response.status, text) as T;
    hasAnswered = true;
    return { body: parsed, headers: response.headers };
  };
  const get = async <T>(to: ApiPath, ask?: Ask) => (await answer<T>('GET', to, ask)).body;
  return {
    url,
    get hasAnswered() {
      return hasAnswered;
    },
    answer,
    get,
    post: async (to, body, ask = {}) => (await answer<never>('POST', to, { ...ask, body: body ?? {} })).body,
    async list<T, L extends Page<T>>(to: ApiPath, count: number, query: Ask['query'] = {}) {
      const next = (left: number, continuation?: string) =>
        get<L>(to, { query: { ...query, top: Math.min(left, LONGEST_PAGE), continuation } });
      const found = await next(count);
      while (found.continuation !== undefined && found.value.length < count) {
        const page = await next(count - found.value.length, found.continuation);
        found.value.push(...page.value);
        found.continuation = page.continuation;
      }
      return found;
    },
  };
}

function parse(url: string, status: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(`${url} answered ${status} and no JSON.`, 'Check that --api is the address of a Landfall app.', {
      status,
    });
  }
}

function noAnswer({ url, local }: Address, what: string, error: unknown, timeoutMs: number): ApiError {
  const isTransient = true;
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new ApiError(
      `${url} did not answer ${what} within ${timeoutMs / 1_000} s.`,
      'Try again, or give it longer with --timeout SECONDS; landfall doctor tells what is ill.',
      { isTransient },
    );
  }
  const cause = (error instanceof Error && error.cause) || error;
  const { code, message } = cause as { code?: string; message?: string };
  const isDown = NOT_REACHED.has(code ?? '');
  // Nothing listens: nothing was sent, and what was to be done was not.
  const doubt = what.startsWith('POST') && !isDown ? ' Look with landfall runs before you repeat it.' : '';
  const cure =
    local && isDown
      ? `Run npm start first: the platform of ${local.folder} does not run.`
      : 'Check the address, the network, and that the app runs.';
  return new ApiError(`${url} does not answer: ${message || code || String(cause)}.`, cure + doubt, { isTransient });
}

const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
