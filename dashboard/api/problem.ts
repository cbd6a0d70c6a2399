import type { components } from '../../docs/api/openapi.ts';

/** What the API says of a request that it refuses. */
export type Problem = components['schemas']['Problem'];

/** Why an answer did not come, which decides what the page does about it. */
export type Trouble = 'unreachable' | 'slow' | 'key' | 'signedOut' | 'forbidden' | 'refused' | 'broken';

/** An answer that did not come, or that refuses: in words, with what to do. */
export class ApiError extends Error {
  readonly trouble: Trouble;
  readonly status: number;
  readonly hint: string | undefined;
  readonly problem: Problem | undefined;

  constructor(trouble: Trouble, status: number, message: string, hint?: string, problem?: Problem) {
    super(message);
    this.trouble = trouble;
    this.status = status;
    this.hint = hint;
    this.problem = problem;
  }
}

/** What a refusal means; a body that is no problem+json comes from the host, a gateway or a proxy. */
export function refusal(status: number, body: unknown): ApiError {
  const problem = isProblem(body) ? body : undefined;
  if (status === 401 && !problem) {
    return new ApiError('key', status, 'The app refuses the key.', 'Copy it again from where the app was started.');
  }
  if (!problem) {
    return new ApiError('broken', status, `The app answered ${status} and did not say why.`, 'It may be starting.');
  }
  const trouble = status === 401 ? 'signedOut' : status === 403 ? 'forbidden' : status >= 500 ? 'broken' : 'refused';
  return new ApiError(trouble, status, problem.detail, problem.hint, problem);
}

/** Why no answer came at all. */
export function silence(error: unknown, limitMs: number): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new ApiError(
      'slow',
      0,
      `The app has not answered for ${Math.round(limitMs / 1_000)} seconds.`,
      'It may be starting or overloaded.',
    );
  }
  return new ApiError(
    'unreachable',
    0,
    'The app does not answer.',
    'Check that it runs and that this machine has a network.',
  );
}

/** Whether asking again may help. */
export function mayPass(error: unknown): boolean {
  return error instanceof ApiError && ['unreachable', 'slow', 'broken'].includes(error.trouble);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string';
}
