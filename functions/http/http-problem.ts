import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { z } from 'zod';
import type { ProblemFacts } from './schemas/api-schemas.ts';

/** An answer that refuses a request: RFC 9457 problem details. */
export class HttpProblem extends Error {
  readonly status: number;
  /** What to do. */
  readonly hint: string;
  readonly facts: ProblemFacts;

  constructor(status: number, message: string, hint: string, facts: ProblemFacts = {}) {
    super(message);
    this.status = status;
    this.hint = hint;
    this.facts = facts;
  }
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  422: 'Unprocessable content',
  500: 'Internal error',
  502: 'Bad gateway',
  503: 'Service unavailable',
};

/** An answer, where problems become problem+json; what nobody foresaw is logged and answered as a 500 that says so. */
export async function answering(
  handle: () => Promise<HttpResponseInit>,
  log: Pick<InvocationContext, 'error'>,
): Promise<HttpResponseInit> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof HttpProblem) return problemResponse(error);
    log.error(error);
    const reason = error instanceof Error ? error.message : String(error);
    return problemResponse(new HttpProblem(500, reason, 'See the log of the function app, and GET /api/health.'));
  }
}

function problemResponse({ status, message, hint, facts }: HttpProblem): HttpResponseInit {
  const body = { title: TITLES[status] ?? 'Error', status, detail: message, hint, ...facts };
  return { status, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(body) };
}

/** Body of a request, parsed by a schema; an empty body counts as `{}`. */
export async function jsonBody<T extends z.ZodType>(request: HttpRequest, schema: T): Promise<z.infer<T>> {
  const text = await request.text();
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw new HttpProblem(400, `The body is no JSON: ${String(error)}`, 'Send a JSON object.');
  }
  return parsed(value, schema);
}

/** Query of a request, parsed by a schema; the function key may come with it, as `code`. */
export function query<T extends z.ZodType>(request: HttpRequest, schema: T): z.infer<T> {
  const { code: _, ...asked } = Object.fromEntries(request.query);
  return parsed(asked, schema);
}

/** A value from outside, parsed by a schema or refused with every finding. */
function parsed<T extends z.ZodType>(value: unknown, schema: T): z.infer<T> {
  const result = schema.safeParse(value);
  if (!result.success)
    throw new HttpProblem(400, z.prettifyError(result.error), 'GET /api/openapi.json tells what is expected.');
  return result.data;
}
