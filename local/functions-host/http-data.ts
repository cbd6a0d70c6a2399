import type { Cookie, HttpData } from './core.ts';
import type { Call } from './server.ts';

/** A request as the app gets it; a chunked body arrives empty, as the host has it unless it is told to stream. */
export async function toHttpData(call: Call, params: Record<string, string>): Promise<HttpData> {
  const { method, url, headers } = call;
  const bytes = headers.has('transfer-encoding') ? Buffer.alloc(0) : await call.read();
  return {
    method,
    url: url.href,
    params,
    query: joined(url.searchParams),
    headers: Object.fromEntries(headers),
    body: bytes.length > 0 ? { bytes } : null,
  };
}

/** Repeated names become one, without regard to case. */
function joined(query: URLSearchParams): Record<string, string> {
  const found = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of query) {
    const entry = found.get(name.toLowerCase());
    if (entry) entry.values.push(value);
    else found.set(name.toLowerCase(), { name, values: [value] });
  }
  return Object.fromEntries([...found.values()].map(({ name, values }) => [name, values.join(',')]));
}

const FRAMING = ['content-length', 'transfer-encoding', 'connection', 'keep-alive'];

/** The response that an app gave; nothing is 204. */
export function fromHttpData(data: HttpData | undefined): Response {
  if (!data) return new Response(null, { status: 204 });
  const status = Number(data.statusCode);
  const headers = new Headers(Object.entries(data.headers).filter(([name]) => !FRAMING.includes(name)));
  for (const cookie of data.cookies ?? []) headers.append('set-cookie', cookieText(cookie));
  const bytes = data.body?.bytes;
  return new Response(bytes?.length ? Buffer.from(bytes) : null, { status, headers });
}

/** A cookie as the host writes it: with a path even where the app gave none. */
function cookieText({ name, value, domain, path, expires, maxAge, secure, httpOnly, sameSite }: Cookie): string {
  return [
    `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    expires && `expires=${new Date(expires.value.seconds * 1000).toUTCString()}`,
    maxAge && `max-age=${maxAge.value}`,
    domain && `domain=${domain.value}`,
    `path=${path?.value ?? '/'}`,
    secure?.value && 'secure',
    sameSite !== 'none' && `samesite=${sameSite === 'explicitNone' ? 'none' : sameSite}`,
    httpOnly?.value && 'httponly',
  ]
    .filter(Boolean)
    .join('; ');
}
