import type { BlockBlobClient } from '@azure/storage-blob';
import { header, type Call } from './call.ts';
import { checkConditions, leaseOf } from './conditions.ts';
import { forwardDfs } from './forward.ts';
import { holding, lakePath, tell, version, type LakeContext, type Reply } from './lake-context.ts';
import { LakeError } from './lake-error.ts';
import { FOLDER_MARK, contentHeaders, metadataOf } from './properties.ts';
import { parentOf, type Entry } from './store.ts';

const REWRITE_BYTES = 8 * 1024 * 1024;

/** Makes a file or a directory. */
export async function create(lake: LakeContext, call: Call): Promise<Reply> {
  return holding(lake, call, { exclusive: true }, async () => {
    const { store } = lake;
    const isDirectory = call.query.get('resource') === 'directory';
    const found = await store.find(call.filesystem, call.path);
    if (found && (header(call.request, 'if-none-match') === '*' || found.isDirectory !== isDirectory))
      throw alreadyThere(found);
    checkConditions(found, call);
    const metadata = metadataOf(call);
    if (isDirectory) {
      await store.ensureDirectory(call.filesystem, call.path, metadata);
      if (!found) await tell(lake, call, { api: 'CreateDirectory' });
      return { status: 201, headers: version((found ?? (await store.get(call.filesystem, call.path))).properties) };
    }
    await store.ensureDirectory(call.filesystem, parentOf(call.path));
    const blobHTTPHeaders = contentHeaders(call);
    const made = await blockBlob(lake, call).upload('', 0, {
      metadata: metadata ?? {},
      blobHTTPHeaders,
      // Where nothing was, a directory may come meanwhile, as the parent of another file.
      conditions: found ? leaseOf(found, call) : { ifNoneMatch: '*' },
    });
    const { blobContentType: contentType = 'application/octet-stream' } = blobHTTPHeaders;
    await tell(lake, call, { api: 'CreateFile', eTag: made.etag, contentType, contentLength: 0 });
    return { status: 201, headers: version(made) };
  });
}

function alreadyThere({ isDirectory }: Entry): LakeError {
  const headers = { 'x-ms-existing-resource-type': isDirectory ? 'directory' : 'file' };
  return new LakeError(409, 'PathAlreadyExists', 'The specified path already exists.', headers);
}

/** Takes a piece of a file, wherever it belongs: pieces come out of order, and count only once flushed. */
export async function append(lake: LakeContext, call: Call): Promise<Reply> {
  const length = header(call.request, 'content-length');
  if (length === undefined) throw new LakeError(411, 'MissingContentLengthHeader', 'Content-Length is required.');
  const position = positionOf(call);
  await holding(lake, call, {}, async () => {
    await getFile(lake, call);
    if (length === '0') return;
    const query = new URLSearchParams({ comp: 'block', blockid: blockId(position) });
    (await forwardDfs(lake, call, { method: 'PUT', query })).resume();
  });
  if (call.query.get('flush') === 'true') await flush(lake, call, position + Number(length));
  return { status: 202 };
}

/** Makes all pieces up to a position the file's content. */
export async function flush(lake: LakeContext, call: Call, position = positionOf(call)): Promise<Reply> {
  return holding(lake, call, { exclusive: true }, async () => {
    const file = await getFile(lake, call);
    checkConditions(file, call);
    const made =
      position === file.properties.contentLength ? file.properties : await commit(lake, call, file, position);
    if (call.query.get('close') === 'true') {
      const contentType = contentHeaders(call, { ...file.properties }).blobContentType;
      await tell(lake, call, { api: 'FlushWithClose', eTag: made.etag, contentType, contentLength: position });
    }
    return { status: 200, headers: version(made) };
  });
}

async function commit(lake: LakeContext, call: Call, file: Entry, position: number) {
  const blob = blockBlob(lake, call);
  const length = file.properties.contentLength ?? 0;
  const { committedBlocks = [], uncommittedBlocks = [] } = await blob.getBlockList('all');
  const added = contiguous(uncommittedBlocks, length);
  if (added.end !== position) {
    throw new LakeError(
      400,
      'InvalidFlushPosition',
      `The uploaded data is contiguous up to ${added.end}, not up to ${position}.`,
    );
  }
  if (call.query.get('retainUncommittedData') === 'true' && added.ids.length < uncommittedBlocks.length) {
    throw new LakeError(
      501,
      'NotImplemented',
      'retainUncommittedData: this lake cannot keep data beyond the flushed position.',
    );
  }
  const isWhole = length > 0 && committedBlocks.length === 0;
  const kept = isWhole ? await restage(blob, length) : committedBlocks.map(({ name }) => name);
  return blob.commitBlockList([...kept, ...added.ids], {
    metadata: metadataOf(call) ?? file.properties.metadata ?? {},
    blobHTTPHeaders: contentHeaders(call, { ...file.properties }),
    conditions: leaseOf(file, call),
  });
}

/** The blocks that follow one another from a position on. */
export function contiguous(blocks: { name: string; size: number }[], start: number): { ids: string[]; end: number } {
  const byName = new Map(blocks.map((block) => [block.name, block]));
  const ids: string[] = [];
  let end = start;
  for (let block = byName.get(blockId(end)); block; block = byName.get(blockId(end))) {
    ids.push(block.name);
    end += block.size;
  }
  return { ids, end };
}

/** Content that came whole, by a Blob call, has no blocks to commit again: it is written anew as such. */
async function restage(blob: BlockBlobClient, length: number): Promise<string[]> {
  const ids: string[] = [];
  for (let position = 0; position < length; position += REWRITE_BYTES) {
    const piece = await blob.downloadToBuffer(position, Math.min(REWRITE_BYTES, length - position));
    await blob.stageBlock(blockId(position), piece, piece.length);
    ids.push(blockId(position));
  }
  return ids;
}

/** A block's id tells where it belongs, so a piece that is sent again replaces itself. */
export function blockId(position: number): string {
  return Buffer.from(`at-${String(position).padStart(21, '0')}`).toString('base64');
}

function positionOf(call: Call): number {
  const text = call.query.get('position') ?? '';
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new LakeError(400, 'InvalidQueryParameterValue', `position must be a number of bytes, not "${text}".`);
}

/** Replaces a path's properties. */
export async function setProperties(lake: LakeContext, call: Call): Promise<Reply> {
  return holding(lake, call, { exclusive: true }, async () => {
    const found = await lake.store.get(call.filesystem, call.path);
    checkConditions(found, call);
    const metadata = { ...metadataOf(call), ...(found.isDirectory && { [FOLDER_MARK]: 'true' }) };
    const set = await lake.store
      .blob(call.filesystem, call.path)
      .setMetadata(metadata, { conditions: leaseOf(found, call) });
    return { status: 200, headers: version(set) };
  });
}

async function getFile(lake: LakeContext, call: Call): Promise<Entry> {
  const found = await lake.store.get(call.filesystem, call.path);
  if (!found.isDirectory) return found;
  throw new LakeError(409, 'InvalidResourceType', `${lakePath(call)} is a directory.`);
}

function blockBlob(lake: LakeContext, call: Call): BlockBlobClient {
  return lake.store.blob(call.filesystem, call.path).getBlockBlobClient();
}
