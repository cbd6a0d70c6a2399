import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/** A file that travels to the clusters as code: its path below its folder, with slashes, and its bytes. */
export interface CodeFile {
  path: string;
  size: number;
}

/** Most that a folder of code may hold: the app packs it in memory for each run. */
export const CODE_LIMITS = { files: 2_000, bytes: 32 * 1024 * 1024 };

/** What changes without the product changing, or is made again anywhere. */
const LEFT_OUT = /^(\..*|__pycache__|.*\.pyc|tests|test_.*\.py|conftest\.py)$/;
/** The run gets what pipeline.yaml says by other ways. */
const LEFT_OUT_AT_TOP = new Set(['pipeline.yaml', 'sample']);

/** The files of a folder that travel, with those of its subfolders, in order of their paths. */
export function codeFiles(folder: string): CodeFile[] {
  return [...walk(folder)].filter(isFile).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Why a folder's files cannot travel as code, if so. */
export function codeProblem(folder: string): string | undefined {
  let [files, bytes] = [0, 0];
  for (const found of walk(folder)) {
    if (!isFile(found)) return `${found.path} is a link or no plain file: put a copy in its place`;
    files += 1;
    bytes += found.size;
    // Looked at one by one, so that a folder of anything is not walked to its end.
    if (files > CODE_LIMITS.files) return `there are more than ${CODE_LIMITS.files} files; ${CURE}`;
    if (bytes > CODE_LIMITS.bytes) {
      return `its files are larger than ${CODE_LIMITS.bytes / 1024 / 1024} MiB together, with ${found.path}; ${CURE}`;
    }
  }
  return undefined;
}

const CURE = 'put what is large into the lake, or in a folder named tests, or one that begins with a dot';

type Found = CodeFile | { path: string };

const isFile = (found: Found): found is CodeFile => 'size' in found;

function* walk(folder: string, below = ''): Generator<Found> {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below + entry.name;
    if (LEFT_OUT.test(entry.name) || LEFT_OUT_AT_TOP.has(path)) continue;
    if (entry.isDirectory()) yield* walk(folder, `${path}/`);
    else yield sized(folder, path, entry);
  }
}

/** What went away since the folder was read, as editors' own files do, counts for nothing. */
function sized(folder: string, path: string, entry: Dirent): Found {
  if (!entry.isFile()) return { path };
  return { path, size: statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0 };
}
