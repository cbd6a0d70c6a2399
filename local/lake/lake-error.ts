import { isRestError } from '@azure/storage-blob';

/** A refusal in the storage service's own words. */
export class LakeError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

// The DFS endpoint names the same refusals otherwise than the Blob endpoint does.
const DFS_CODES: Record<string, string> = {
  BlobNotFound: 'PathNotFound',
  BlobAlreadyExists: 'PathAlreadyExists',
  ContainerNotFound: 'FilesystemNotFound',
  ContainerAlreadyExists: 'FilesystemAlreadyExists',
  ContainerBeingDeleted: 'FilesystemBeingDeleted',
};

/** Turns a refusal of the blob service into the DFS endpoint's; other errors stay what they are. */
export function asDfsRefusal(error: unknown): unknown {
  if (!isRestError(error) || error.statusCode === undefined) return error;
  // The answer to a HEAD has its code in a header only.
  const code = error.response?.headers.get('x-ms-error-code') ?? error.code;
  return dfsRefusal(error.statusCode, code, error.message.split('\n')[0]);
}

/** The DFS endpoint's refusal for a status and code of the blob service. */
export function dfsRefusal(status: number, blobCode = 'InternalError', message = blobCode): LakeError {
  const code = DFS_CODES[blobCode] ?? blobCode;
  return new LakeError(status, code, code === blobCode ? message : `${code}: the blob service answered ${blobCode}.`);
}
