import { header, parsePlace, type Call } from './call.ts';
import { checkConditions, leaseOf } from './conditions.ts';
import type { Intent } from './intents.ts';
import { holding, lakePath, type LakeContext, type Reply } from './lake-context.ts';
import { LakeError } from './lake-error.ts';
import { parentOf, type Entry } from './store.ts';

/** Moves a file or a whole directory: other requests see it whole, at the one place or at the other. */
export async function rename(lake: LakeContext, call: Call): Promise<Reply> {
  const source = sourceOf(call, lake.account);
  const [from, to] = [lakePath(source), lakePath(call)];
  return holding(lake, call, { exclusive: true, tree: true, also: [from] }, async () => {
    const moved = await lake.store.find(source.filesystem, source.path);
    if (!moved || source.path === '')
      throw new LakeError(404, 'SourcePathNotFound', 'The source path for a rename operation does not exist.');
    checkConditions(moved, call, 'x-ms-source-');
    if (`${to}/`.startsWith(`${from}/`))
      throw new LakeError(409, 'InvalidRenameSourcePath', 'A path cannot be moved onto or into itself.');
    await checkTarget(lake, call, moved);
    const event = lake.events.make(
      { api: moved.isDirectory ? 'RenameDirectory' : 'RenameFile', path: to, from },
      call.request,
    );
    const lease = leaseOf(moved, call, 'x-ms-source-lease-id');
    await lake.intents.carryOut({ from, to, event, ...lease }, (intent) => carryOut(lake, intent));
    return { status: 201 };
  });
}

/** Hadoop and Python name the source without the account, JavaScript with it. */
function sourceOf(call: Call, account: string): Call {
  const [raw = ''] = (header(call.request, 'x-ms-rename-source') ?? '').split('?');
  const place = parsePlace(raw, account) ?? parsePlace(`/${account}${raw}`, account);
  return { ...call, filesystem: '', path: '', ...place };
}

async function checkTarget({ store }: LakeContext, call: Call, moved: Entry): Promise<void> {
  const parent = await store.find(call.filesystem, parentOf(call.path));
  if (!parent?.isDirectory)
    throw new LakeError(
      404,
      'RenameDestinationParentPathNotFound',
      'The parent directory of the destination path does not exist.',
    );
  const target = await store.find(call.filesystem, call.path);
  if (target && header(call.request, 'if-none-match') === '*')
    throw new LakeError(409, 'PathAlreadyExists', 'The specified path already exists.');
  checkConditions(target, call);
  if (!target) return;
  if (target.isDirectory !== moved.isDirectory)
    throw new LakeError(
      409,
      'InvalidSourceOrDestinationResourceType',
      'The source and destination resource type must be identical.',
    );
  if (target.isDirectory && (await store.hasChildren(call.filesystem, call.path)))
    throw new LakeError(409, 'DirectoryNotEmpty', 'The destination directory is not empty.');
}

/** Deletes a file, or a directory with all in it. */
export async function remove(lake: LakeContext, call: Call): Promise<Reply> {
  if (call.path === '')
    throw new LakeError(400, 'InvalidUri', 'The root directory cannot be deleted: delete the file system.');
  return holding(lake, call, { exclusive: true, tree: true }, async () => {
    const { isDirectory, properties } = await getDeletable(lake, call);
    const recursive = call.query.get('recursive') === 'true';
    const happening = isDirectory
      ? { api: 'DeleteDirectory', recursive }
      : { api: 'DeleteFile', contentType: properties.contentType };
    const event = lake.events.make({ ...happening, path: lakePath(call) }, call.request);
    const lease = leaseOf({ isDirectory, properties }, call);
    await lake.intents.carryOut({ from: lakePath(call), event, ...lease }, (intent) => carryOut(lake, intent));
    return { status: 200 };
  });
}

async function getDeletable({ store }: LakeContext, call: Call): Promise<Entry> {
  const found = await store.get(call.filesystem, call.path);
  checkConditions(found, call);
  const mustBeEmpty = found.isDirectory && call.query.get('recursive') !== 'true';
  if (!mustBeEmpty || !(await store.hasChildren(call.filesystem, call.path))) return found;
  throw new LakeError(
    409,
    'DirectoryNotEmpty',
    'The recursive query parameter value must be true to delete a non-empty directory.',
  );
}

/** Does, or finishes, a rename or a deletion: each step can be repeated. */
export async function carryOut(lake: LakeContext, { from, to, leaseId, event }: Intent): Promise<void> {
  if (to !== undefined) await lake.store.copyTree(from, to);
  await lake.store.deleteTree(from, leaseId);
  await lake.onEvent(event);
}
