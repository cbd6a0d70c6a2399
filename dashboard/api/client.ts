import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from '../../docs/api/openapi.ts';
import { ApiError, refusal, silence } from './problem.ts';
import { createKeyRing, type KeyRing } from './session.ts';

/** After so long an answer is not waited for any more; a function app that starts cold needs some seconds. */
const LIMIT_MS = 30_000;

/** The key of this tab. */
export const keyRing: KeyRing = createKeyRing(sessionStorage);

const withKey: Middleware = {
  onRequest({ request }) {
    const { key } = keyRing.current();
    if (key !== undefined) request.headers.set('x-functions-key', key);
  },
  onResponse({ request, response }) {
    // Where sign-in is on, the way to the sign-in page is no answer that a script could follow.
    if (response.type === 'opaqueredirect')
      throw new ApiError('signedOut', 401, 'Your sign-in has ended.', 'Reload the page to sign in again.');
    // The host refuses a key without a word; with one it is the app, which knows nobody of that sign-in.
    const hasWord = response.headers.get('content-type')?.includes('problem+json') ?? false;
    if (response.status === 401 && !hasWord) keyRing.refuse(request.headers.get('x-functions-key') ?? undefined);
  },
};

/** The HTTP API of the app that serves this page, typed by its own document. */
export const api = createClient<paths>({
  baseUrl: '/api',
  redirect: 'manual',
  fetch: (request) => fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(LIMIT_MS)]) }),
});
api.use(withKey);

/** The body of a good answer; anything else is an `ApiError`. */
export async function answered<T>(
  asking: Promise<{ data?: T; error?: unknown; response: Pick<Response, 'ok' | 'status'> }>,
): Promise<T> {
  const { data, error, response } = await asking.catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === 'AbortError') throw reason;
    throw silence(reason, LIMIT_MS);
  });
  if (!response.ok) throw refusal(response.status, error);
  return data as T;
}
