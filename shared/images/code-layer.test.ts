import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import ignore from 'ignore';
import { extract } from 'tar-stream';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { loadPipelines } from '../load-pipelines.ts';
import { CODE_LIMITS, codeFiles } from './code-files.ts';
import { buildCodeLayer, CODE_ROOT } from './code-layer.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RUNTIME = join(ROOT, 'workloads/runtime');
const home = mkdtempSync(join(tmpdir(), 'landfall-code-'));
let folder = '';
let cases = 0;
afterAll(() => rmSync(home, { recursive: true, force: true }));

const TRAVELS = {
  'process.py': 'from words.split import split\nprint(split("a b"))\n',
  'model.py': '',
  'train.py': '',
  'predictor.py': '',
  'words/__init__.py': '',
  'words/split.py':
    'import json, pathlib\nVOCABULARY = json.loads((pathlib.Path(__file__).parent / "data/vocab.json").read_text())\n' +
    'def split(text):\n    return [VOCABULARY[word] for word in text.split()]\n',
  'words/data/vocab.json': '{"a": 1, "b": 2}',
  // Names that the repository's own folders and files have, and one that is longer than a tar header holds.
  'shared/docs/notes.md': 'x',
  'local/table.zip': 'x',
  'node.ts': 'x',
  [`${'deep/'.repeat(30)}end.txt`]: 'x',
};
const STAYS = [
  'pipeline.yaml',
  'conftest.py',
  'test_process.py',
  'words/test_split.py',
  'words/tests/cases.json',
  'sample/a.csv',
  '__pycache__/process.cpython-311.pyc',
  'words/old.pyc',
  '.ipynb_checkpoints/a.ipynb',
  'words/.DS_Store',
];

beforeEach(() => {
  folder = join(home, String(++cases), 'words');
  for (const [path, content] of Object.entries(TRAVELS)) write(path, content);
  for (const path of STAYS) write(path, 'x');
  write('pipeline.yaml', 'name: words\nlanding: { prefix: words/ }\n');
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const problems = () => loadPipelines(dirname(folder)).broken.flatMap((broken) => broken.problems);

async function unpacked(): Promise<{ root: string; files: string[] }> {
  const root = join(dirname(folder), 'root');
  const archive = extract();
  archive.end(gunzipSync((await buildCodeLayer(RUNTIME, folder)).blob));
  const files: string[] = [];
  for await (const entry of archive) {
    const path = join(root, entry.header.name);
    mkdirSync(entry.header.type === 'directory' ? path : dirname(path), { recursive: true });
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type !== 'file') continue;
    writeFileSync(path, Buffer.concat(chunks));
    files.push(entry.header.name);
  }
  return { root, files };
}

test('packages and data files travel with their folders; tests, samples, caches and what is hidden stay', async () => {
  const { root, files } = await unpacked();
  const inPipeline = `${CODE_ROOT.slice(1)}/pipeline/`;
  const travelled = files.filter((path) => path.startsWith(inPipeline)).map((path) => path.slice(inPipeline.length));
  expect(travelled.sort()).toEqual(Object.keys(TRAVELS).sort());
  expect(files).toContain(`${CODE_ROOT.slice(1)}/runtime/landfall_runtime/job.py`);
  expect(files).not.toContain(`${CODE_ROOT.slice(1)}/runtime/landfall_runtime/testing.py`);
  const PYTHONPATH = join(root, inPipeline);
  expect(String(execFileSync('python3', [join(PYTHONPATH, 'process.py')], { cwd: home }))).toBe('[1, 2]\n');
});

test('a file in a folder counts for the version of the code, a test or a cache does not', async () => {
  const { digest } = await buildCodeLayer(RUNTIME, folder);
  for (const path of STAYS) write(path, 'changed');
  expect((await buildCodeLayer(RUNTIME, folder)).digest).toBe(digest);
  write('words/data/vocab.json', '{"a": 3}');
  expect((await buildCodeLayer(RUNTIME, folder)).digest).not.toBe(digest);
});

test('the package that is deployed has just the same files of a pipeline, and its pipeline.yaml', () => {
  const ignored = ignore().add(readFileSync(join(ROOT, '.funcignore'), 'utf8'));
  const deployed = [...Object.keys(TRAVELS), ...STAYS].filter(
    (path) => !ignored.ignores(`workloads/pipelines/x/${path}`),
  );
  expect(deployed.sort()).toEqual([...Object.keys(TRAVELS), 'pipeline.yaml'].sort());
});

test('what cannot travel is told with its pipeline before any run', () => {
  expect(problems()).toEqual([]);
  write('large.bin', '');
  truncateSync(join(folder, 'large.bin'), CODE_LIMITS.bytes + 1);
  expect(problems().join()).toMatch(/words: .*larger than 32 MiB together.*put what is large into the lake/);
  rmSync(join(folder, 'large.bin'));
  for (let count = 0; count < CODE_LIMITS.files; count++) write(`many/${count}`, '');
  expect(problems().join()).toMatch(/more than 2000 files/);
  rmSync(join(folder, 'many'), { recursive: true });
  symlinkSync('words/data/vocab.json', join(folder, 'vocab.json'));
  expect(problems().join()).toMatch(/vocab\.json is a link/);
});

test('files come in the order of their paths, whatever the folder has', () => {
  const paths = codeFiles(folder).map(({ path }) => path);
  expect(paths).toEqual([...paths].sort());
});
