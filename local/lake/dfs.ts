import { header, type Call } from './call.ts';
import { append, create, flush, setProperties } from './dfs-files.ts';
import { list, listFilesystems, read } from './dfs-reads.ts';
import { remove, rename } from './dfs-trees.ts';
import { forwardDfs } from './forward.ts';
import { holding, type LakeContext, type Reply } from './lake-context.ts';
import { LakeError } from './lake-error.ts';
import { isSigned } from './shared-key.ts';

/** Answers a call of the DFS endpoint. https://learn.microsoft.com/rest/api/storageservices/data-lake-storage-gen2 */
export async function dfs(lake: LakeContext, call: Call): Promise<Reply> {
  authenticate(lake, call);
  const resource = call.query.get('resource');
  if (resource === 'account') return listFilesystems(lake, call);
  if (resource === 'filesystem') return call.method === 'GET' ? list(lake, call) : filesystem(lake, call);
  switch (call.method) {
    case 'GET':
    case 'HEAD':
      return read(lake, call);
    case 'PUT':
      return header(call.request, 'x-ms-rename-source') ? rename(lake, call) : create(lake, call);
    case 'PATCH':
      return update(lake, call);
    case 'DELETE':
      return remove(lake, call);
    default:
      throw unsupported(`${call.method} on a path (lease it with a Blob call)`);
  }
}

function update(lake: LakeContext, call: Call): Promise<Reply> {
  const action = call.query.get('action');
  if (action === 'append') return append(lake, call);
  if (action === 'flush') return flush(lake, call);
  if (action === 'setProperties') return setProperties(lake, call);
  throw unsupported(`action=${action}`);
}

/** Creates, looks at or deletes a file system. */
async function filesystem(lake: LakeContext, call: Call): Promise<Reply> {
  if (call.method === 'PATCH' || header(call.request, 'x-ms-properties'))
    throw unsupported('Properties of a file system');
  const isDeleted = call.method === 'DELETE';
  return holding(lake, { ...call, path: '' }, { exclusive: isDeleted, tree: isDeleted }, async () => {
    if (isDeleted) lake.store.forget(call.filesystem);
    const answer = await forwardDfs(lake, call, { query: new URLSearchParams({ restype: 'container' }) });
    return { status: answer.statusCode ?? 500, stream: answer, headers: { 'x-ms-namespace-enabled': 'true' } };
  });
}

function authenticate({ account, key }: LakeContext, { request, rawPath, query }: Call): void {
  if (!request.headers.authorization?.startsWith('SharedKey ')) {
    throw new LakeError(
      401,
      'NoAuthenticationInformation',
      'DFS calls are taken with a SharedKey signature only: no SAS, no Entra token.',
    );
  }
  if (isSigned({ method: request.method ?? 'GET', rawPath, query, headers: request.headers }, account, key)) return;
  throw new LakeError(
    403,
    'AuthenticationFailed',
    'Server failed to authenticate the request: the signature in the Authorization header is wrong.',
  );
}

function unsupported(what: string): LakeError {
  return new LakeError(501, 'NotImplemented', `${what} is not supported by the local lake.`);
}
