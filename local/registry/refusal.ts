import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

type Headers = Record<string, string>;

/** Makes an error that is answered in the distribution specification's form. */
export function refusal(status: ContentfulStatusCode, code: string, message: string, headers: Headers = {}) {
  return new HTTPException(status, {
    message,
    res: Response.json({ errors: [{ code, message }] }, { status, headers }),
  });
}
