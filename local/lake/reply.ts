import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { header } from './call.ts';
import type { Reply } from './lake-context.ts';
import { LakeError } from './lake-error.ts';

const JSON_TYPE = 'application/json;charset=utf-8';
// These belong to the connection with the blob service.
const HOP_BY_HOP = ['connection', 'keep-alive'];

/** Sends an answer; one of the blob service is streamed as it comes. */
export async function reply(request: IncomingMessage, response: ServerResponse, answer: Reply): Promise<void> {
  const { status, headers, body, text, stream } = answer;
  response.statusCode = status;
  setHeaders(response, { ...(stream ? stream.headers : commonHeaders(request)), ...headers });
  if (stream) return pipeline(stream, response);
  if (body) response.setHeader('content-type', JSON_TYPE);
  end(request, response, body ? JSON.stringify(body) : (text ?? ''));
}

/** Sends a refusal: as JSON to DFS clients, as XML to Blob clients. */
export function refuse(request: IncomingMessage, response: ServerResponse, error: unknown, isDfs: boolean): void {
  if (response.headersSent) return void response.destroy();
  const { status, code, message, headers } =
    error instanceof LakeError ? error : new LakeError(500, 'InternalError', `The local lake failed: ${String(error)}`);
  // What is left of the body is not read: the connection cannot be used again.
  if (!request.complete) response.setHeader('connection', 'close');
  response.statusCode = status;
  setHeaders(response, { ...commonHeaders(request), ...headers, 'x-ms-error-code': code });
  response.setHeader('content-type', isDfs ? JSON_TYPE : 'application/xml');
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message.replace(/[<>&]/g, ' ')}</Message></Error>`;
  end(request, response, isDfs ? JSON.stringify({ error: { code, message } }) : xml);
}

function end(request: IncomingMessage, response: ServerResponse, content: string): void {
  const isHead = request.method === 'HEAD';
  if (!isHead) response.setHeader('content-length', Buffer.byteLength(content));
  response.end(isHead ? undefined : content);
}

function setHeaders(response: ServerResponse, headers: Record<string, string | string[] | undefined>): void {
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !HOP_BY_HOP.includes(name)) response.setHeader(name, value);
}

function commonHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return {
    'x-ms-request-id': randomUUID(),
    'x-ms-version': header(request, 'x-ms-version'),
    'x-ms-client-request-id': header(request, 'x-ms-client-request-id'),
  };
}
