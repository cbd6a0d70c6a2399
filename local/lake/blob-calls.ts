import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { header, type Call } from './call.ts';
import { forward, type Change } from './forward.ts';
import { holding, tell, type LakeContext, type Reply } from './lake-context.ts';
import { LakeError } from './lake-error.ts';
import { FOLDER_MARK } from './properties.ts';
import { isSigned } from './shared-key.ts';
import { parentOf } from './store.ts';

/** Passes a Blob call on, keeps the tree whole around it, and tells of what it wrote or deleted. */
export async function blobCall(lake: LakeContext, call: Call): Promise<Reply> {
  if (call.query.get('comp') === 'batch')
    throw new LakeError(501, 'NotImplemented', 'Blob batch is not supported by the local lake.');
  const api = apiOf(call);
  const dropsFilesystem = call.method === 'DELETE' && call.query.get('restype') === 'container';
  return holding(lake, call, dropsFilesystem ? { exclusive: true, tree: true } : {}, async () => {
    if (dropsFilesystem) lake.store.forget(call.filesystem);
    if (api) return write(lake, call, api);
    if (call.query.get('comp') === 'list' && call.query.has('delimiter') && call.filesystem)
      return listByHierarchy(lake, call);
    return passed(await forward(lake, call, await keepMark(lake, call)));
  });
}

function apiOf({ method, query, request, path }: Call): string | undefined {
  if (path === '' || query.has('restype') || query.has('snapshot') || query.has('versionid')) return undefined;
  if (method === 'DELETE') return query.has('comp') ? undefined : 'DeleteBlob';
  if (method !== 'PUT') return undefined;
  if (query.get('comp') === 'blocklist') return 'PutBlockList';
  if (query.has('comp')) return undefined;
  return header(request, 'x-ms-copy-source') ? 'CopyBlob' : 'PutBlob';
}

async function write(lake: LakeContext, call: Call, api: string): Promise<Reply> {
  const { store } = lake;
  const isTrusted = trusts(lake, call);
  const before = isTrusted ? await store.find(call.filesystem, call.path) : undefined;
  if (before?.isDirectory) await checkDirectory(lake, call, api);
  const keepsParents = api !== 'DeleteBlob';
  if (isTrusted && keepsParents) await store.ensureDirectory(call.filesystem, parentOf(call.path));
  const answer = await forward(lake, call);
  if ((answer.statusCode ?? 500) >= 300) return passed(answer);
  // Only now is it known that a SAS was good for this.
  if (!isTrusted && keepsParents) await store.ensureDirectory(call.filesystem, parentOf(call.path));
  if (before?.isDirectory) store.forget(`${call.filesystem}/${call.path}`);
  else await tellOf(lake, call, api, before?.properties.contentType);
  return passed(answer);
}

async function checkDirectory(lake: LakeContext, call: Call, api: string): Promise<void> {
  if (api !== 'DeleteBlob') throw new LakeError(409, 'ResourceTypeMismatch', `${call.path} is a directory.`);
  if (await lake.store.hasChildren(call.filesystem, call.path)) {
    throw new LakeError(409, 'DirectoryIsNotEmpty', 'This operation is not permitted on a non-empty directory.');
  }
}

async function tellOf(lake: LakeContext, call: Call, api: string, deletedType?: string): Promise<void> {
  if (api === 'DeleteBlob') return tell(lake, call, { api, contentType: deletedType });
  const written = await lake.store.find(call.filesystem, call.path);
  // Whoever writes the mark makes a directory, and whoever came in between tells of the file himself.
  if (!written || written.isDirectory) return;
  const { etag, contentType, contentLength } = written.properties;
  await tell(lake, call, { api, eTag: etag, contentType, contentLength });
}

/** New metadata on a directory would take its mark away. */
async function keepMark(lake: LakeContext, call: Call): Promise<Change | undefined> {
  if (call.method !== 'PUT' || call.query.get('comp') !== 'metadata' || call.path === '' || !trusts(lake, call))
    return undefined;
  const found = await lake.store.find(call.filesystem, call.path);
  return found?.isDirectory ? { headers: { [`x-ms-meta-${FOLDER_MARK}`]: 'true' } } : undefined;
}

/** With a delimiter a directory shows only as the prefix of what is in it, also when it is empty. */
async function listByHierarchy(lake: LakeContext, call: Call): Promise<Reply> {
  const query = new URLSearchParams(call.query);
  query.set('include', [...new Set(`${query.get('include') ?? ''},metadata`.split(','))].filter(Boolean).join(','));
  const answer = await forward(lake, call, { query });
  if (answer.statusCode !== 200) return passed(answer);
  const xml = showDirectoriesAsPrefixes(await text(answer));
  return { status: 200, headers: { 'content-type': 'application/xml' }, text: xml };
}

/** Rewrites one page of a listing so that directories are prefixes. */
export function showDirectoriesAsPrefixes(xml: string): string {
  const prefixes = new Set<string>();
  const rest = xml.replace(/<Blob>.*?<\/Blob>|<BlobPrefix>.*?<\/BlobPrefix>/gs, (item) => {
    const isMark = item.includes(`<${FOLDER_MARK}>true<`);
    if (!isMark && !item.startsWith('<BlobPrefix>')) return item;
    const name = /<Name>(.*?)<\/Name>/s.exec(item)?.[1] ?? '';
    prefixes.add(isMark ? `${name}/` : name);
    return '';
  });
  const all = [...prefixes].map((name) => `<BlobPrefix><Name>${name}</Name></BlobPrefix>`).join('');
  return rest.replace(/<Blobs\s*\/>/, '<Blobs></Blobs>').replace('</Blobs>', `${all}</Blobs>`);
}

function passed(answer: IncomingMessage): Reply {
  const mark = answer.headers['x-ms-blob-type'] && {
    'x-ms-resource-type': answer.headers[`x-ms-meta-${FOLDER_MARK}`] ? 'directory' : 'file',
  };
  return { status: answer.statusCode ?? 502, stream: answer, ...(mark && { headers: mark }) };
}

function trusts({ account, key }: LakeContext, { request, rawPath, query }: Call): boolean {
  return isSigned({ method: request.method ?? 'GET', rawPath, query, headers: request.headers }, account, key);
}
