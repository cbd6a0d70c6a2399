// Makes the zip that is deployed, dist/landfall.zip: all that .funcignore leaves, and nothing of npm, since dist/app.cjs
// and the page in dist/dashboard have the packages in them. The same files give the same bytes.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import ignore from 'ignore';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = process.argv[2] ?? join(root, 'dist', 'landfall.zip');
const ignored = ignore().add(readFileSync(join(root, '.funcignore'), 'utf8'));

/** Paths below the root that are deployed, sorted. @param {string} folder @returns {string[]} */
function deployed(folder = '') {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .map((entry) => ({ entry, path: folder + entry.name + (entry.isDirectory() ? '/' : '') }))
    .filter(({ path }) => !ignored.ignores(path))
    .flatMap(({ entry, path }) => (entry.isDirectory() ? deployed(path) : [path]))
    .sort();
}

/** @param {string} path */
function content(path) {
  if (path !== 'package.json') return readFileSync(join(root, path));
  const { name, version, type, main, engines } = JSON.parse(readFileSync(join(root, path), 'utf8'));
  return Buffer.from(`${JSON.stringify({ name, version, type, main, engines }, null, 2)}\n`);
}

const paths = deployed();
const files = Object.fromEntries(paths.map((path) => [path, content(path)]));
for (const needed of ['dist/app.cjs', 'dist/dashboard/index.html']) {
  if (files[needed]) continue;
  console.error(`There is no ${needed}. Build first: npm run build`);
  process.exit(1);
}
// Zip keeps local times from 1980 on; a fixed one keeps the bytes the same everywhere.
const zip = zipSync(files, { level: 9, mtime: new Date(1980, 0, 1, 12) });
writeFileSync(target, zip);
const unpacked = Object.values(files).reduce((sum, { length }) => sum + length, 0);
console.log(`${target}: ${paths.length} files, ${megabytes(zip.length)} (${megabytes(unpacked)} unpacked)`);

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
