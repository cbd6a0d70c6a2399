import type { IncomingMessage } from 'node:http';
import { parse, parseDocument } from 'yaml';
import { unreadable } from './admission.ts';
import { isObject, type JsonObject, type KubeObject } from './kube-object.ts';
import { decodeProtobuf } from './protobuf.ts';
import type { Resource } from './resources.ts';
import { badRequest, cause, invalid, StatusError, unsupportedMediaType } from './status-error.ts';

/** 3 MiB, the real server's --max-resource-write-bytes. */
const LIMIT = 3_145_728;

/** Reads the whole body, up to what the real server takes. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LIMIT) chunks.push(chunk);
  }
  if (size > LIMIT) throw new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${LIMIT}`);
  return Buffer.concat(chunks);
}

export const readBody = async (request: IncomingMessage): Promise<string> =>
  (await readBytes(request)).toString('utf8');

export const mediaType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '';

/** Decodes JSON, or fails in the words of Go's decoder, as near as can be told. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const where = /after JSON at position (\d+)/.exec(String(error))?.[1];
    const extra = where === undefined ? undefined : text[Number(where)];
    const why = extra ? `invalid character '${extra}' after top-level value` : 'unexpected end of JSON input';
    throw new SyntaxError(why, { cause: error });
  }
}

/** The kind that a body must be of; built-in kinds need not say it. */
type Expected = Pick<Resource, 'kind' | 'apiVersion' | 'group'> & { isCustom?: boolean };

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const ACCEPTED = ['application/json', 'application/yaml'];

/** The object in the body of a POST or PUT. */
export async function readObject(request: IncomingMessage, resource: Expected, isStrict = false): Promise<KubeObject> {
  const type = mediaType(request);
  const bytes = await readBytes(request);
  const protobuf = type === PROTOBUF ? decodeProtobuf(bytes) : undefined;
  if (!protobuf && !ACCEPTED.includes(type)) throw unsupportedMediaType([...ACCEPTED, PROTOBUF]);
  if (protobuf) return checkKind(protobuf, '', resource);
  const text = bytes.toString('utf8');
  if (isStrict) refuseDuplicates(text, resource);
  return checkKind(decode(text, type, resource.kind), text, resource);
}

/** JSON.parse takes the last of two fields of one name; the YAML reader tells. */
function refuseDuplicates(text: string, { kind, apiVersion }: Expected): void {
  const repeated = parseDocument(text).errors.find(({ code }) => code === 'DUPLICATE_KEY');
  const field = repeated && /^"?([\w.-]+)/.exec(text.slice(repeated.pos[0]))?.[1];
  const version = apiVersion.split('/').at(-1) ?? '';
  if (field) throw unreadable(kind, version, `strict decoding error: duplicate field "${field}"`);
}

function decode(text: string, type: string, kind: string): unknown {
  const shown = text.length > 30 ? `${text.slice(0, 30)} ...` : text || '<empty>';
  const unreadable = (why: string, excerpt = shown) =>
    badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${excerpt})`,
    );
  let value: unknown;
  try {
    value = type === 'application/yaml' ? parse(text) : parseJson(text);
  } catch (error) {
    throw unreadable((error as Error).message);
  }
  if (isObject(value)) return value;
  const what = Array.isArray(value) ? 'array' : typeof value;
  const struct =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  throw unreadable(`json: cannot unmarshal ${what} into Go value of type ${struct}`, Buffer.from(text).toString('hex'));
}

function checkKind(value: unknown, text: string, resource: Expected): KubeObject {
  const preset = resource.isCustom ? {} : { kind: resource.kind, apiVersion: resource.apiVersion };
  const { kind, apiVersion, metadata, ...rest }: JsonObject = { ...preset, ...(value as JsonObject) };
  const shown = `({${text.trim().slice(1, 30)} ...)`;
  if (!kind)
    throw badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): Object 'Kind' is missing in '${text}' ${shown}`,
    );
  const object = { apiVersion, kind, metadata: isObject(metadata) ? metadata : {}, ...rest } as KubeObject;
  if (apiVersion !== resource.apiVersion)
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${resource.apiVersion})`,
    );
  if (kind !== resource.kind)
    throw invalid({ kind: String(kind), group: resource.group }, object.metadata.name ?? '', [
      cause.invalid('kind', kind, `must be ${resource.kind}`),
    ]);
  return object;
}
