/** A response without a body. */
export const empty = (status: number): Response => new Response(null, { status });

/** A response of JSON, with the content type that the extension writes. */
export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });

/** The answer to what this engine cannot do. */
export const unsupported = (what: string): Response =>
  json(501, { Message: `${what} is not supported by the local Durable Functions engine.` });

/** The text of a JSON body in its short form, or the refusal of a body that is not JSON. */
export function readJson(body: string): string | Response {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return json(400, {
      Message: 'Invalid JSON content',
      ExceptionMessage: readerMessage(body),
      ExceptionType: 'Newtonsoft.Json.JsonReaderException',
    });
  }
}

/** The extension's reader takes names without quotes and says where it stopped; other faults are told in general words. */
function readerMessage(body: string): string {
  const [opening, blank = '', next] = /^\{\w+(\s*)(\S)?/.exec(body) ?? [];
  if (opening === undefined)
    return `Unexpected character encountered while parsing value: ${body.trim()[0] ?? ''}. Path '', line 1, position 1.`;
  if (next === undefined)
    return `Unexpected end while parsing unquoted property name. Path '', line 1, position ${body.length}.`;
  const position = blank === '' ? opening.length : opening.length - 1;
  return `Invalid character after parsing property name. Expected ':' but got: ${next}. Path '', line 1, position ${position}.`;
}
