import { SourceRefusal } from './refusal.ts';

/** Head of an answer, as far as it is judged. */
export interface AnswerHead {
  status: number;
  headers: Record<string, string | string[] | undefined>;
}

const ASK_AGAIN = 'It is tried again by itself; if it stays so, ask whoever runs the server.';

/** Refuses an answer that is no content, with what its status means for whoever declared the source. */
export function checkStatus({ status, headers }: AnswerHead, url: string, now: Date): void {
  if (status === 200) return;
  const refuse = (reason: string, what: string, hint: string) => {
    throw new SourceRefusal(reason, `${url} ${what} (${status}).`, hint, retryAfter(text(headers, 'retry-after'), now));
  };
  if (status === 401)
    refuse('Unauthorized', 'wants a sign-in', 'Check the app setting behind its authorization header.');
  if (status === 403)
    refuse('Forbidden', 'refuses these credentials', 'Check their rights, or whether they have expired.');
  if (status === 404 || status === 410) refuse('NotFound', 'is not there', 'Check the url in pipeline.yaml.');
  if (status === 429) refuse('TooManyRequests', 'was asked too often', 'It is tried again when the server allows it.');
  if (status >= 500) refuse('ServerError', 'failed', ASK_AGAIN);
  refuse('UnexpectedStatus', 'answered with an unexpected status', 'Check the url in pipeline.yaml.');
}

/** Milliseconds that a Retry-After header asks for: seconds, or a date. */
export function retryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now.getTime();
  return Number.isFinite(ms) ? Math.max(ms, 0) : undefined;
}

/** Endings of names whose content may well be a web page. */
const PAGES = /\.(html?|xhtml|xml|svg)$/i;

/** Refuses an answer whose media type is not what was declared, or that is a web page where data was asked for. */
export function checkType(
  head: AnswerHead,
  { as, contentType }: { as: string; contentType?: string | undefined },
): void {
  const came = (text(head.headers, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (contentType !== undefined && came !== contentType.toLowerCase()) {
    throw new SourceRefusal(
      'WrongContent',
      `The answer is ${came || 'of no declared type'}, and ${contentType} was expected.`,
      'Check the url, or contentType in pipeline.yaml.',
    );
  }
  if (contentType === undefined && came === 'text/html' && !PAGES.test(as)) throw isPage(as);
  const encoding = text(head.headers, 'content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    const hint = 'Have the server send the file as it is, or fetch it in a collect.py.';
    throw new SourceRefusal(
      'WrongContent',
      `The answer is compressed (${encoding}), though it was asked not to be.`,
      hint,
    );
  }
}

/** Refuses content that begins as a web page, whatever its header says, where data was asked for. */
export function checkBeginning(start: Buffer, as: string): void {
  if (
    !PAGES.test(as) &&
    /^[\s\ufeff]*<(!doctype html|html|head|body)\b/i.test(start.subarray(0, 256).toString('utf8'))
  ) {
    throw isPage(as);
  }
}

function isPage(as: string): SourceRefusal {
  const hint = 'Open the url in a browser: it is often a sign-in or an error page. Then correct url or headers.';
  return new SourceRefusal('WrongContent', `The answer is a web page, and ${as} was expected.`, hint);
}

/** A header's value, of which there is one. */
export function text(headers: AnswerHead['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
