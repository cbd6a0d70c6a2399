import { randomUUID } from 'node:crypto';
import type { ContainerAccess, SourceContainer } from '../../shared/clients/containers.ts';
import { glob } from '../../shared/glob.ts';
import { claims, type Pipeline } from '../../shared/pipeline.ts';
import { sha256 } from '../../shared/sha256.ts';
import { asidePath, landedName } from '../../shared/sources/landed-name.ts';
import { SourceRefusal } from '../../shared/sources/refusal.ts';
import type { Outcome, Seen } from '../../shared/sources/source-state.ts';
import { resolve, type ContainerSource } from '../../shared/sources/source.ts';
import { selectNext, watermarkOf, type ContainerFile } from '../../shared/sources/watermark.ts';
import type { Collection, CollectionContext } from './collection.ts';
import { tooLarge, writeAside } from './write-aside.ts';

/** Files of one collection; the rest comes with the next one, half a minute later. */
const MOST_FILES = 1_000;
/** No more files are begun after this share of a source's timeout. */
const SHARE_OF_TIME = 0.7;
/** What was written in the second that just goes by may not be all of it yet. */
const SETTLED_AFTER_MS = 2_000;
const HASH_SHOWN = 12;

/**
 * Copies what is new in a container: a file's version, by its eTag, lands under a name that follows from both. The
 * watermark moves with each file, so that a failure in the middle loses nothing and repeats nothing.
 */
export async function collectContainer(
  context: CollectionContext,
  collection: Collection<ContainerSource>,
  clock = Date.now,
): Promise<Outcome> {
  const { source, folder, seen } = collection;
  const began = clock();
  const url = addressOf(source, context.setting);
  const signal = AbortSignal.timeout(source.timeout);
  const container = context.clients.containers.open(url, accessOf(source, context.setting), signal);
  const known = seen?.url === url ? seen.watermark : undefined;
  const { at, files } = await container.list();
  const settled = new Date(at.getTime() - SETTLED_AFTER_MS);
  const next = await selectNext(wanted(files, source.pattern), known, settled, MOST_FILES);

  const landed: string[] = [];
  let remembered: Seen = { url, ...(known && { watermark: known }) };
  const result = () => ({ files: [...landed], seen: remembered });
  try {
    for (const [index, file] of next.files.entries()) {
      if (index > 0 && clock() - began > source.timeout * SHARE_OF_TIME) {
        return { status: 'Changed', ...result(), isPartial: true };
      }
      const path = `${folder}${landedName(lastPart(file.name), sha256(`${file.name} ${file.eTag}`).slice(0, HASH_SHOWN))}`;
      mustBeClaimed(collection.pipeline, path);
      if (await copy(context, container, collection, file, path)) landed.push(path);
      remembered = { url, watermark: watermarkOf(file) };
    }
  } catch (error) {
    if (!(error instanceof SourceRefusal)) throw error;
    return { status: 'Failed', error: error.error, ...result() };
  }
  const { isPartial } = next;
  return landed.length > 0
    ? { status: 'Changed', ...result(), isPartial }
    : { status: 'Unchanged', seen: remembered, isPartial };
}

/** Copies one file; false where it has changed since it was listed, when it comes again with a later time, or is gone. */
async function copy(
  { clients: { landing } }: CollectionContext,
  container: SourceContainer,
  { source, folder }: Collection<ContainerSource>,
  file: ContainerFile,
  path: string,
): Promise<boolean> {
  if (file.size > source.maxSize) throw tooLarge(source.maxSize, file.size);
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
    throw error;
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

function mustBeClaimed(pipeline: Pipeline, path: string): void {
  const name = path.slice('landing/'.length);
  if (claims(pipeline, name) === 'file') return;
  const hint = 'Narrow the pattern of the source, or widen landing.pattern.';
  throw new SourceRefusal(
    'NotClaimed',
    `${lastPart(name)} would not match landing.pattern ${pipeline.landing.pattern}.`,
    hint,
  );
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
