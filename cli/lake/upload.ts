import { createReadStream, statSync, type Stats } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { CliError } from '../cli-error.ts';
import { lakeError, type LakeDoor } from './lake.ts';

const CHUNK = 8 * 1024 * 1024;
const CLEAN_UP_MS = 5_000;

/** A file that lies in the landing zone now. */
export interface Dropped {
  /** Lake path, such as `landing/iris/iris.csv`. */
  path: string;
  size: number;
  eTag: string;
}

/** What is told of an upload while it goes on. */
export type Progress = (sent: number, size: number) => void;

/** The file's properties, where it is one that can be dropped. */
export function requireFile(file: string, mayBeEmpty: boolean): Stats {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new CliError(`There is no file ${file}.`, 'Check its path.');
  if (!found.isFile())
    throw new CliError(`${file} is no file.`, 'Name the files to drop one by one, such as folder/*.csv.');
  if (found.size === 0 && !mayBeEmpty)
    throw new CliError(`${file} is empty: the app would leave it alone.`, 'Write the file first, then drop it.');
  return found;
}

/**
 * Copies a file into the landing zone. It is written under a name that the app leaves alone, and gets its own once it is
 * whole: whoever reads the landing zone sees all of it or nothing.
 */
export async function upload(
  lake: LakeDoor,
  file: string,
  { folder, name }: { folder: string; name: string },
  { signal, progress, mayBeEmpty }: { signal: AbortSignal; progress: Progress; mayBeEmpty: boolean },
): Promise<Dropped> {
  const { size, mtimeMs } = requireFile(file, mayBeEmpty);
  const [fileSystem = '', ...folders] = folder.split('/');
  const within = folders.join('/');
  const landing = lake.fileSystem(fileSystem);
  const aside = landing.getFileClient(`${within}_${randomUUID()}.dropping`);
  try {
    await aside.create({ abortSignal: signal });
    let sent = 0;
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK, signal }) as AsyncIterable<Buffer>) {
      await aside.append(chunk, sent, chunk.length, { abortSignal: signal });
      sent += chunk.length;
      progress(sent, size);
    }
    requireUnchanged(file, sent, { size, mtimeMs });
    await aside.flush(sent, { abortSignal: signal });
    // The library takes this path for a part of a URL as it is, with a query even.
    await aside.move(`${within}${name}`.split('/').map(encodeURIComponent).join('/'), { abortSignal: signal });
    const { etag } = await landing.getFileClient(`${within}${name}`).getProperties();
    return { path: `${folder}${name}`, size, eTag: (etag ?? '').replaceAll('"', '') };
  } catch (error) {
    // Nobody else would ever take it away; where that fails too, the first error is the one to tell.
    await aside.deleteIfExists(false, { abortSignal: AbortSignal.timeout(CLEAN_UP_MS) }).catch(() => undefined);
    signal.throwIfAborted();
    throw isOfFile(error)
      ? new CliError(`${file} cannot be read: ${error.code}.`, 'Check its rights.')
      : lakeError(error);
  }
}

function requireUnchanged(file: string, sent: number, before: Pick<Stats, 'size' | 'mtimeMs'>): void {
  const now = statSync(file, { throwIfNoEntry: false });
  if (sent === before.size && now?.size === before.size && now.mtimeMs === before.mtimeMs) return;
  throw new CliError(`${file} has changed while it was read.`, 'Wait until it is written, then drop it again.');
}

function isOfFile(error: unknown): error is NodeJS.ErrnoException {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return syscall !== undefined && path !== undefined;
}
