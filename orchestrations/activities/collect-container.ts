import { randomUUID } from 'node:crypto';
import type { ContainerAccess, SourceContainer } from '../../shared/clients/containers.ts';
import { isStatus } from '../../shared/clients/is-status.ts';
import { glob } from '../../shared/glob.ts';
import { claims } from '../../shared/pipeline.ts';
import { sha256 } from '../../shared/sha256.ts';
import { asidePath, landedName } from '../../shared/sources/landed-name.ts';
import { SourceRefusal } from '../../shared/sources/refusal.ts';
import { addressHash, seenAt } from '../../shared/sources/seen-at.ts';
import { selectNext } from '../../shared/sources/select-next.ts';
import { shownAddress } from '../../shared/sources/shown-address.ts';
import type { Outcome, Seen, SourceError } from '../../shared/sources/source-state.ts';
import { resolve, type ContainerSource } from '../../shared/sources/source.ts';
import { take, type ContainerFile, type Taken } from '../../shared/sources/taken.ts';
import type { Collection, CollectionContext } from './collection.ts';
import { keepTaken, recallTaken } from './taken-files.ts';
import { tooLarge, writeAside } from './write-aside.ts';

/** Files of one collection; the rest comes with the next one, half a minute later. */
const MOST_FILES = 1_000;
/** No more files are begun after this share of a source's timeout. */
const SHARE_OF_TIME = 0.7;
/** What was written in the second that just goes by may not be all of it yet. */
const SETTLED_AFTER_MS = 2_000;
const HASH_SHOWN = 12;
/** Warnings of one collection, and characters of a file's name in them. */
const MOST_WARNINGS = 10;
const NAME_SHOWN = 200;
/** Refusals that are about one file alone: the files after it come all the same. */
const OF_ONE_FILE = new Set(['TooLarge', 'EmptyContent', 'Unreadable', 'NameRefused']);

/**
 * Copies what is new in a container: a file's version, by its eTag, lands under a name that follows from both. What was
 * taken is noted file by file, so that a failure in the middle loses nothing and repeats nothing.
 */
export async function collectContainer(
  context: CollectionContext,
  collection: Collection<ContainerSource>,
  clock = Date.now,
): Promise<Outcome> {
  const { source, pipeline } = collection;
  const began = clock();
  const url = addressOf(source, context.setting);
  const signal = AbortSignal.timeout(source.timeout);
  const container = context.clients.containers.open(url, accessOf(source, context.setting), signal);
  const known = seenAt(collection.seen, shownAddress(url));
  const taken = await recallTaken(context.clients, pipeline.name, source.name, known);
  const { at, files } = await container.list();
  const next = await selectNext(wanted(files, source.pattern ?? pipeline.landing.pattern), {
    taken,
    settled: new Date(at.getTime() - SETTLED_AFTER_MS),
    limit: MOST_FILES,
    refusal: (file) => refusalOf(collection, file)?.error,
    refusedLimit: MOST_WARNINGS,
  });

  const isTimeUp = () => clock() - began > source.timeout * SHARE_OF_TIME;
  const copied = await copyAll(context, { container, collection, files: next.files, taken, isTimeUp });
  const address = addressHash(shownAddress(url));
  if (copied.count > 0) await keepTaken(context.clients, pipeline.name, source.name, address, taken);
  const warnings = [...copied.warnings, ...next.refused].slice(0, MOST_WARNINGS);
  const { watermark } = taken;
  const seen: Seen = { address, ...(watermark && { watermark }) };
  const facts = { seen, ...(warnings.length > 0 && { warnings }) };
  if (copied.error) return { status: 'Failed', error: copied.error, files: copied.landed, ...facts };
  const isPartial = next.isPartial || copied.count < next.files.length;
  return copied.landed.length > 0
    ? { status: 'Changed', files: copied.landed, ...facts, isPartial }
    : { status: 'Unchanged', ...facts, isPartial };
}

interface Copying {
  container: SourceContainer;
  collection: Collection<ContainerSource>;
  files: ContainerFile[];
  /** Is added to. */
  taken: Taken;
  isTimeUp: () => boolean;
}

interface Copied {
  landed: string[];
  /** Files that were looked at, whether they landed or not. */
  count: number;
  warnings: SourceError[];
  /** Why it ended before the last file, unless the time was up. */
  error?: SourceError;
}

/** Copies files one after the other until something fails that is not about one of them alone. */
async function copyAll(
  context: CollectionContext,
  { container, collection, files, taken, isTimeUp }: Copying,
): Promise<Copied> {
  const done: Copied = { landed: [], count: 0, warnings: [] };
  for (const file of files) {
    if (done.count > 0 && isTimeUp()) break;
    try {
      const path = landingPath(collection, file);
      if (await copy(context, container, collection, file, path)) done.landed.push(path);
    } catch (error) {
      if (!(error instanceof SourceRefusal)) throw error;
      if (!OF_ONE_FILE.has(error.reason)) return { ...done, error: error.error };
      done.warnings.push(aboutFile(file, error).error);
    }
    take(taken, file);
    done.count++;
  }
  return done;
}

/** Copies one file; false where it has changed since it was listed, when it comes again with a later time, or is gone. */
async function copy(
  { clients: { landing } }: CollectionContext,
  container: SourceContainer,
  { source, folder }: Collection<ContainerSource>,
  file: ContainerFile,
  path: string,
): Promise<boolean> {
  const body = await container.read(file);
  if (!body) return false;
  const aside = asidePath(folder, source.name, randomUUID());
  try {
    const { size } = await writeAside(landing, aside, body, { maxSize: source.maxSize });
    if (size !== file.size) {
      const hint = 'It is tried again by itself.';
      throw new SourceRefusal('CutOff', `${file.name} has ${file.size} bytes, and ${size} came.`, hint);
    }
    await landing.reveal(aside, path);
    return true;
  } catch (error) {
    await landing.drop(aside);
    if (!isStatus(error, 400)) throw error;
    const hint = 'Rename it at its source.';
    throw new SourceRefusal('NameRefused', `The lake takes no file of the name ${lastPart(path)}.`, hint);
  }
}

async function* wanted(files: AsyncIterable<ContainerFile>, pattern: string): AsyncGenerator<ContainerFile> {
  const matches = glob(pattern);
  for await (const file of files) {
    const isHidden = file.name.split('/').some((part) => /^[._]/.test(part));
    if (!isHidden && matches.test(lastPart(file.name))) yield file;
  }
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function landingPath({ folder }: Collection<ContainerSource>, { name, eTag }: ContainerFile): string {
  return `${folder}${landedName(lastPart(name), sha256(`${name} ${eTag}`).slice(0, HASH_SHOWN))}`;
}

/** Why a file cannot be taken, as far as its listing tells. Whatever cures that, it is taken then if it is not too old. */
function refusalOf(collection: Collection<ContainerSource>, file: ContainerFile): SourceRefusal | undefined {
  const { source, pipeline } = collection;
  if (file.size > source.maxSize) return aboutFile(file, tooLarge(source.maxSize, file.size));
  const path = landingPath(collection, file).slice('landing/'.length);
  if (claims(pipeline, path) === 'file') return undefined;
  const what = `It would land as ${lastPart(path)}, which landing.pattern ${pipeline.landing.pattern} does not match.`;
  const hint = 'Narrow the pattern of the source, or widen landing.pattern.';
  return aboutFile(file, new SourceRefusal('NotClaimed', what, hint));
}

function aboutFile({ name }: ContainerFile, { reason, message, hint }: SourceRefusal): SourceRefusal {
  const shown = name.length > NAME_SHOWN ? `…${name.slice(-NAME_SHOWN)}` : name;
  return new SourceRefusal(reason, `${shown} was not taken. ${message}`, hint);
}

function addressOf({ url }: ContainerSource, setting: (name: string) => string | undefined): string {
  const address = resolve(url, setting);
  if (address !== undefined && URL.canParse(address)) return address;
  const name = typeof url === 'string' ? url : url.environment;
  const hint = `Set the app setting ${name} to https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX.`;
  throw new SourceRefusal('NotConfigured', `The app setting ${name} holds no address.`, hint);
}

function accessOf({ access }: ContainerSource, setting: (name: string) => string | undefined): ContainerAccess {
  if (typeof access === 'string') return access;
  const signature = resolve(access, setting);
  if (signature !== undefined) return { signature };
  const hint = 'Set it to a shared access signature that may list and read, in Azure as a Key Vault reference.';
  throw new SourceRefusal('SettingMissing', `The app setting ${access.environment} is not set.`, hint);
}
