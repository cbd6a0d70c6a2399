import type { ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import { isObject, type JsonObject, type KubeObject } from './kube-object.ts';
import type { Resource } from './resources.ts';
import { badRequest, StatusError } from './status-error.ts';
import { tableOf } from './table.ts';

/** What the client wants to see: the object, a table for people, or metadata only. */
export interface Format {
  yaml: boolean;
  as?: 'Table' | 'PartialObjectMetadata';
  version: string;
  includeObject: string;
}

/** Chooses from the Accept header as the real server does; protobuf is not spoken here. */
export function formatOf(accept: string | undefined, query: URLSearchParams): Format {
  const includeObject = query.get('includeObject') ?? 'Metadata';
  for (const choice of (accept ?? '*/*').split(',')) {
    const [type = '', ...parameters] = choice.split(';').map((part) => part.trim());
    const { as = '', v: version = 'v1' } = Object.fromEntries(parameters.map((text) => text.split('='))) as Record<
      string,
      string
    >;
    if (!['application/json', 'application/yaml', '*/*', 'application/*'].includes(type)) continue;
    if (as === 'Table' && !['None', 'Metadata', 'Object', ''].includes(includeObject))
      throw badRequest(
        `Unable to convert to Table as requested: includeObject: Invalid value: "${includeObject}": must be 'Metadata', 'Object', 'None', or empty`,
      );
    const kind =
      as === 'Table' ? 'Table' : as.startsWith('PartialObjectMetadata') ? 'PartialObjectMetadata' : undefined;
    return { yaml: type === 'application/yaml', version, includeObject, ...(kind ? { as: kind } : {}) };
  }
  const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
  throw new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted}`);
}

/** One object, or a list of them, in the format asked for. */
export function render(resource: Resource, value: JsonObject, format: Format, isFirst = true): JsonObject {
  if (!format.as || value['kind'] === 'Status') return value;
  const items = value['items'] as KubeObject[] | undefined;
  const { version, includeObject } = format;
  if (format.as === 'Table')
    return tableOf(
      resource,
      items ?? [value as KubeObject],
      value['metadata'] as JsonObject,
      version,
      includeObject,
      isFirst,
    );
  const apiVersion = `meta.k8s.io/${version}`;
  const partial = ({ metadata }: JsonObject) => ({ kind: 'PartialObjectMetadata', apiVersion, metadata });
  if (!items) return partial(value);
  return { kind: 'PartialObjectMetadataList', apiVersion, metadata: value['metadata'], items: items.map(partial) };
}

/** Writes a document as JSON or YAML. */
export function send(response: ServerResponse, code: number, document: unknown, format?: Format): void {
  const text = format?.yaml
    ? stringify(document, { sortMapEntries: true, indentSeq: false, version: '1.1' })
    : `${JSON.stringify(document)}\n`;
  response.writeHead(code, {
    'content-type': format?.yaml ? 'application/yaml' : 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}

export function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  response.end(text);
}

/** Answers any error as the Status document it stands for. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  if (error instanceof StatusError && error.reason === 'PlainText')
    return sendText(response, error.code, error.message);
  const status =
    error instanceof StatusError
      ? error
      : new StatusError(500, 'InternalError', `Internal error occurred: ${String(error)}`);
  if (status.code === 504 && isObject(status.details)) response.setHeader('retry-after', '1');
  send(response, status.code, status.status());
}

/** Adds the warnings of a write as headers, as RFC 7234 has them. */
export function setWarnings(response: ServerResponse, warnings: string[]): void {
  if (warnings.length)
    response.setHeader(
      'warning',
      warnings.map((text) => `299 - "${text.replace(/["\\]/g, '\\$&')}"`),
    );
}
