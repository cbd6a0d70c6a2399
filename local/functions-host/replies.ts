/** A response without a body. */
export const empty = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers });

/** A response of plain text. */
export const text = (status: number, body: string): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });

/** A response of JSON with its length. */
export function json(value: unknown): Response {
  const body = Buffer.from(JSON.stringify(value));
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': String(body.length) };
  return new Response(body, { headers });
}

/** The refusal of a key, where the host says how to authenticate (functions' own refusals do not). */
export const unauthorized = (): Response => empty(401, { 'www-authenticate': 'Bearer' });
