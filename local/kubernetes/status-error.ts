import type { JsonObject } from './kube-object.ts';
import type { Resource } from './resources.ts';

export interface Cause {
  reason: string;
  message: string;
  field: string;
}

/** An error that is answered as a Kubernetes Status document. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string | undefined;
  readonly details: JsonObject | undefined;
  readonly metadata: JsonObject;

  constructor(
    code: number,
    reason: string | undefined,
    message: string,
    details?: JsonObject,
    metadata: JsonObject = {},
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.metadata = metadata;
  }

  status(): JsonObject {
    const { metadata, message, reason, details, code } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, reason, details, code };
  }
}

type Named = Pick<Resource, 'group' | 'plural'>;

const qualified = (name: string, group: string) => (group ? `${name}.${group}` : name);
/** Which object a Status is about. */
export const detailsOf = ({ group, plural }: Named, name?: string): JsonObject => ({
  ...(name ? { name } : {}),
  ...(group ? { group } : {}),
  kind: plural,
});

export const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);
/** The real server answers these without a reason. */
export const internalError = (message: string) => new StatusError(500, undefined, message);
export const unsupported = (what: string) =>
  new StatusError(501, 'NotImplemented', `${what} is not supported by the local API server`, {});
export const methodNotAllowed = () =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
export const notFound = (resource: Named, name: string) =>
  new StatusError(
    404,
    'NotFound',
    `${qualified(resource.plural, resource.group)} "${name}" not found`,
    detailsOf(resource, name),
  );
export const unknownPath = () =>
  new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
export const alreadyExists = (resource: Named, name: string, prefix = '') =>
  new StatusError(
    409,
    'AlreadyExists',
    `${prefix}${qualified(resource.plural, resource.group)} "${name}" already exists`,
    detailsOf(resource, name),
  );
const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';
export const conflict = (resource: Named, name: string, why = MODIFIED) =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource.plural, resource.group)} "${name}": ${why}`,
    detailsOf(resource, name),
  );
export const forbidden = (resource: Named, name: string, why: string, causes?: Cause[]) =>
  new StatusError(
    403,
    'Forbidden',
    `${qualified(resource.plural, resource.group)}${name ? ` "${name}"` : ''} is forbidden: ${why}`,
    { ...detailsOf(resource, name), ...(causes ? { causes } : {}) },
  );
export const unsupportedMediaType = (accepted: string[]) =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
export const tooLargeVersion = (asked: number, current: number) =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

/** 422 with one cause for each thing that is wrong. */
export function invalid({ kind, group }: Pick<Resource, 'kind' | 'group'>, name: string, causes: Cause[]): StatusError {
  const texts = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new StatusError(422, 'Invalid', `${qualified(kind, group)} "${name}" is invalid: ${text}`, {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    causes,
  });
}

/** 422 about the query parameters, as if they were an object of their own. */
export const invalidOptions = (kind: string, ...causes: Cause[]) => invalid({ kind, group: 'meta.k8s.io' }, '', causes);

const causeOf = (reason: string, message: string, field: string): Cause => ({
  reason: `FieldValue${reason}`,
  message,
  field,
});
const json = (value: unknown) => JSON.stringify(value);

/** The causes of a 422, in the words of apimachinery's field errors. */
export const cause = {
  required: (field: string, why = '') => causeOf('Required', `Required value${why && `: ${why}`}`, field),
  invalid: (field: string, value: unknown, why: string) =>
    causeOf('Invalid', `Invalid value: ${json(value)}: ${why}`, field),
  type: (field: string, actual: string, why: string) =>
    causeOf('TypeInvalid', `Invalid value: "${actual}": ${why}: "${actual}"`, field),
  notSupported: (field: string, value: unknown, supported: string[]) =>
    causeOf(
      'NotSupported',
      `Unsupported value: ${json(value)}: supported values: ${supported.map(json).join(', ')}`,
      field,
    ),
  duplicate: (field: string, value: unknown) => causeOf('Duplicate', `Duplicate value: ${json(value)}`, field),
  tooLong: (field: string, limit: number) => causeOf('TooLong', `Too long: may not be more than ${limit} bytes`, field),
  forbidden: (field: string, why: string) => causeOf('Forbidden', `Forbidden: ${why}`, field),
};
