import type { IncomingHttpHeaders } from 'node:http';
import type { BlobItem, Metadata } from '@azure/storage-blob';
import type { Call } from './call.ts';
import { forwardDfs } from './forward.ts';
import { holding, version, type LakeContext, type Reply } from './lake-context.ts';
import { FOLDER_MARK, propertiesOf } from './properties.ts';
import { below, isFolder } from './store.ts';

const OWNER = { owner: '$superuser', group: '$superuser' };
const PERMISSIONS = { directory: 'rwxr-x---', file: 'rw-r-----' };
const ACLS = { directory: 'user::rwx,group::r-x,other::---', file: 'user::rw-,group::r--,other::---' };
const PAGE = 5000;
const META = 'x-ms-meta-';

/** Sends a file's content or a range of it, or what is known of a path. */
export async function read(lake: LakeContext, call: Call): Promise<Reply> {
  if (call.path === '') return readRoot(lake, call);
  const query = new URLSearchParams();
  const answer = await holding(lake, call, {}, () => forwardDfs(lake, call, { query }));
  const kind = answer.headers[META + FOLDER_MARK] ? 'directory' : 'file';
  return { status: answer.statusCode ?? 500, stream: answer, headers: pathHeaders(kind, metadataIn(answer.headers)) };
}

async function readRoot(lake: LakeContext, call: Call): Promise<Reply> {
  const { properties } = await lake.store.get(call.filesystem, '');
  return { status: 200, headers: { ...version(properties), ...pathHeaders('directory', {}) } };
}

function metadataIn(headers: IncomingHttpHeaders): Record<string, string> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(META));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(META.length), String(value)]));
}

function pathHeaders(kind: 'file' | 'directory', metadata: Record<string, string>): Record<string, string> {
  return {
    'x-ms-resource-type': kind,
    'x-ms-properties': propertiesOf(metadata),
    'x-ms-owner': OWNER.owner,
    'x-ms-group': OWNER.group,
    'x-ms-permissions': PERMISSIONS[kind],
    'x-ms-acl': ACLS[kind],
  };
}

/** Lists a directory, or all below it, page by page. */
export async function list(lake: LakeContext, call: Call): Promise<Reply> {
  const { query, filesystem } = call;
  const directory = (query.get('directory') ?? '').replace(/^\/+|\/+$/g, '');
  const maxPageSize = Math.min(Number(query.get('maxResults')) || PAGE, PAGE);
  const continuationToken = Buffer.from(query.get('continuation') ?? '', 'base64url').toString();
  return holding(lake, { ...call, path: directory }, { tree: true }, async () => {
    const { isDirectory, properties } = await lake.store.get(filesystem, directory);
    // A file lists as itself: Hadoop relies on it.
    if (!isDirectory) return { status: 200, body: { paths: [toPath({ name: directory, properties })] } };
    const options = { prefix: below(directory), includeMetadata: true };
    const container = lake.store.container(filesystem);
    const isRecursive = query.get('recursive') === 'true';
    const pager = isRecursive ? container.listBlobsFlat(options) : container.listBlobsByHierarchy('/', options);
    const { value } = await pager.byPage({ maxPageSize, ...(continuationToken && { continuationToken }) }).next();
    // A directory shows twice in the blob service: as its own blob, taken here, and as the prefix of what is in it.
    const items = (value?.segment.blobItems ?? []) as BlobItem[];
    const continuation = value?.continuationToken && Buffer.from(value.continuationToken).toString('base64url');
    return {
      status: 200,
      headers: { 'x-ms-continuation': continuation || undefined },
      body: { paths: items.map(toPath) },
    };
  });
}

interface Listed {
  name: string;
  metadata?: Metadata;
  properties: { contentLength?: number; lastModified?: Date; etag?: string };
}

function toPath({ name, metadata, properties }: Listed): Record<string, string | undefined> {
  const isDirectory = isFolder(metadata);
  return {
    name,
    ...(isDirectory && { isDirectory: 'true' }),
    contentLength: String(properties.contentLength ?? 0),
    lastModified: properties.lastModified?.toUTCString(),
    etag: properties.etag?.replaceAll('"', ''),
    ...OWNER,
    permissions: PERMISSIONS[isDirectory ? 'directory' : 'file'],
  };
}

/** Lists the file systems of the account. */
export async function listFilesystems(lake: LakeContext, call: Call): Promise<Reply> {
  const filesystems = [];
  for await (const { name, properties } of lake.store.service.listContainers({
    prefix: call.query.get('prefix') ?? '',
  })) {
    filesystems.push({ name, lastModified: properties.lastModified.toUTCString(), etag: properties.etag });
  }
  return { status: 200, body: { filesystems } };
}
