import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../local/setup/plan.mjs';
import { programs } from '../local/setup/programs.mjs';
import { ROOT } from './kit/running-platform.ts';

// Every command that the docs tell people to run is run by a test, or marked as needing Azure.

/** Marks a line, or a line of code in a sentence by the words behind it. */
const NEEDS_AZURE = /needs? Azure/;

/**
 * What runs a command: a file, and a text in it by which it does; or the words that are run here, and a text that they
 * print. Capital words in a command stand for values.
 */
const PROVEN: [command: RegExp, by: string | string[], text: string | RegExp][] = [
  [/^npm test$/, '.ci/run', /^npm test$/m],
  [/^npm test -- --only (pytest|ruff|unit)$/, 'local/setup/command.test.ts', "'--only'"],
  [/^npx vitest run --project (unit|contract) (shared|tests)\/\S+\.test\.ts$/, 'local/setup/suites.mjs', "'--project'"],
  [/^npm run generate$/, 'tests/docs.test.ts', /^test\('npm run generate writes/m],
  [/^npx landfall new \w+ --from \S+ --target \w+$/, 'tests/e2e/new-pipeline.test.ts', "landfall('new'"],
  [/^npx landfall drop \S+ --pipeline \w+ --follow$/, 'tests/e2e/new-pipeline.test.ts', "'drop', file, '--pipeline'"],
  [/^npx landfall predict \w+ --instances '.*'$/, 'tests/e2e/new-pipeline.test.ts', "'predict', name, '--instances'"],
  [/^npx landfall drop \S+ --follow --until-review$/, 'tests/e2e/command-line.test.ts', "'--until-review')"],
  [/^npx landfall runs$/, 'tests/e2e/command-line.test.ts', "landfall('runs')"],
  [/^npx landfall review ID$/, 'tests/e2e/command-line.test.ts', "landfall('review', runs.drifted)"],
  [/^npx landfall review ID --approve --comment '.*'$/, 'tests/e2e/command-line.test.ts', "'--approve', '--comment'"],
  [
    /^npx landfall logs RUN \w+ --follow$/,
    'tests/e2e/command-line.test.ts',
    "landfall('logs', runs.first, 'process', '--follow')",
  ],
  [/^npx landfall models iris$/, 'tests/e2e/command-line.test.ts', "landfall('models', 'iris')"],
  [
    /^npx landfall promote iris VERSION$/,
    'tests/e2e/command-line.test.ts',
    "landfall('promote', 'iris', versions.first)",
  ],
  [/^npx landfall help COMMAND$/, ['cli/landfall.mjs', 'help', 'drop'], 'Usage: landfall drop'],
  [/^npx landfall --help$/, ['cli/landfall.mjs', '--help'], 'Usage: landfall COMMAND'],
  [/^npm run notebook$/, 'tests/e2e/notebook.test.ts', "'execute.py'"],
  [/^npx landfall pipelines$/, 'tests/e2e/command-line.test.ts', "landfall('pipelines')"],
  [/^npx landfall validate$/, 'cli/commands/validate.test.ts', "runCommand(['validate'"],
  [/^npm start$/, 'tests/e2e/main-job.test.ts', programs['start'] ?? ''],
  [/^npm start -- --once$/, 'tests/e2e/main-job.test.ts', "launch('--once')"],
  [/^npm start -- --port-base \w+$/, 'tests/e2e/main-job.test.ts', "'--port-base'"],
  [/^npm start -- --reset$/, 'tests/e2e/trace.test.ts', "start('--reset')"],
  [/^npm start -- --events \w+$/, 'tests/e2e/review.test.ts', "start('--events'"],
  [/^npm start -- --cpu-index \w+$/, 'local/setup/command.test.ts', "'--cpu-index'"],
  [/^npm start -- --api-servers \w+$/, 'tests/e2e/real-api-servers.test.ts', "'--api-servers'"],
  [/^npm start -- --host func$/, 'local/host-process.test.ts', 'coreTools('],
  [/^npm run (drop|landfall drop|landfall -- drop) -- \S+( --follow)?$/, 'tests/e2e/main-job.test.ts', "'drop'"],
  [
    /^npm run host -- \w+ --port \w+ --data \w+( \[--record \w+\])?$/,
    'tests/fixtures/functions-host/host-kit.mts',
    'CLI, appDir',
  ],
  [/^npm run figures$/, 'tests/e2e/figures.test.ts', programs['figures'] ?? ''],
  [/^npm run bench$/, ['--no-warnings', programs['bench'] ?? '', '--help'], 'npm run bench -- NAME'],
  [/^npm run package$/, 'tests/e2e/package.test.ts', programs['package'] ?? ''],
  [/^npm run doctor( -- --api \w+ --key \w+)?$/, 'tests/e2e/command-line.test.ts', "landfall('doctor')"],
  [
    /^bicep\/deploy-infrastructure\.sh \w+( --what-if)?$/,
    'tests/deploy/deploy.test.ts',
    'bicep/deploy-infrastructure.sh',
  ],
  [/^bicep\/destroy-infrastructure\.sh( \w+)?$/, 'tests/deploy/command.ts', 'bicep/destroy-infrastructure.sh'],
  [
    /^LANDFALL_KUBELOCAL=\w+ npx vitest run --project contract tests\/contract\/operators$/,
    'tests/contract/operators-kit.ts',
    'process.env.LANDFALL_KUBELOCAL',
  ],
];

interface Documented {
  page: string;
  command: string;
  needsAzure: boolean;
}

const pages = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const documented = pages.flatMap((page) => commandsOf(page, readFileSync(join(ROOT, page), 'utf8')));

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

describe.each(documented.filter(({ needsAzure }) => !needsAzure))('$page: $command', ({ command }) => {
  test('is run by a test', () => {
    const proof = PROVEN.find(([known]) => known.test(command));
    expect(proof, 'name the test in this file, or write "needs Azure" behind the command').toBeDefined();
    const [, by = '', text = ''] = proof ?? [];
    const found = typeof by === 'string' ? readFileSync(join(ROOT, by), 'utf8') : printed(by);
    expect(text instanceof RegExp ? text.test(found) : found.includes(text), `${String(by)} runs it no more`).toBe(
      true,
    );
    if (command.startsWith('bicep/')) expect(existsSync(join(ROOT, command.split(' ')[0] ?? ''))).toBe(true);
  });
});

// The README wants Node 18 alone, which knows no TypeScript: the set-up is plain JavaScript, and brings the Node that does.
const saysNode24 = pages.filter((page) => readFileSync(join(ROOT, page), 'utf8').includes('with Node 24'));
const forAnyNode = documented.filter(({ page, command }) => command.startsWith('np') && !saysNode24.includes(page));

describe.each(forAnyNode)('$page: $command', ({ command }) => {
  test('starts with any Node that the README calls enough', () => {
    expect(saysNode24).not.toContain('README.md');
    if (command.startsWith('npx landfall ')) return;
    const [, script = ''] = /^npm (?:run )?([\w:]+)/.exec(command) ?? [];
    const [, name = ''] = /^node local\/setup\/run\.mjs (\w+)( \w+)*$/.exec(scripts[script] ?? '') ?? [];
    expect(Object.keys(needs), `${command} must start through local/setup/run.mjs`).toContain(name);
    const program = programs[name];
    if (program !== undefined) expect(existsSync(join(ROOT, program))).toBe(true);
  });
});

test('npx landfall starts what an old Node can read, and hands over to the set-up', () => {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'cli/package.json'), 'utf8')) as { bin: object };
  expect(bin).toEqual({ landfall: './landfall.mjs' });
  const started = readFileSync(join(ROOT, 'cli/landfall.mjs'), 'utf8');
  expect(started).not.toMatch(/^import .*\.ts'/m);
  expect(started).toContain("'../local/setup/run.mjs'");
});

test('the files and folders that the docs name are there', () => {
  const folders = 'functions|orchestrations|shared|workloads|local|cli|dashboard|bicep|tests|docs';
  const named = pages.flatMap((page) => {
    const found = readFileSync(join(ROOT, page), 'utf8').matchAll(new RegExp(`\`((?:${folders})/[\\w./-]+)\``, 'g'));
    return [...found].map(([, path = '']) => path);
  });
  // Capital words stand for names; the pipeline of penguins is what the reader makes.
  const meant = named.filter((path) => !/\/[A-Z]{2,}/.test(path) && !path.includes('penguins'));
  expect(meant.length).toBeGreaterThan(30);
  expect(meant.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('npm run generate writes every file that a test compares with what is made', () => {
  const tests = ['functions', 'orchestrations', 'shared', 'tests'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `${folder}/${name}`),
  );
  const keep = tests.filter((name) =>
    /toMatchFileSnapshot\(|env\.UPDATE_SNAPSHOTS/.test(readFileSync(join(ROOT, name), 'utf8')),
  );
  expect(keep.length).toBeGreaterThan(3);
  expect(keep.filter((name) => !scripts['generate']?.includes(name))).toEqual([]);
});

test('there are commands in the docs, also some that need Azure', () => {
  expect(documented.length).toBeGreaterThan(15);
  expect(documented.some(({ needsAzure }) => needsAzure)).toBe(true);
});

test.each([
  ['```sh\nnpm start   # does it\n```', 'npm start', false],
  ['```bash\nnpm run x -- A \\\n  --b\n```', 'npm run x -- A --b', false],
  ['```sh\nnpm run x # needs Azure: does it\n```', 'npm run x', true],
  ['Run `npm\nstart -- --x` there.', 'npm start -- --x', false],
  ['`bicep/x.sh` (needs Azure) does it.', 'bicep/x.sh', true],
])('%j is read as a command', (text, command, needsAzure) => {
  expect(commandsOf('page', text)).toEqual([{ page: 'page', command, needsAzure }]);
});

test('other code is no command', () => {
  expect(commandsOf('page', '```yaml\nnpm: x\n```\n`npm` and `bicep/` and ```x```')).toEqual([]);
});

/** What a program of this checkout prints when it ends well. */
function printed(words: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

/** Lines of shell blocks, and code in sentences that begins like a command. */
function commandsOf(page: string, text: string): Documented[] {
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  const lines = blocks
    .filter(([, language = '']) => /^(sh|bash)$/.test(language))
    .flatMap(([, , content = '']) =>
      content
        .replaceAll(/\\\n\s*/g, '')
        .trim()
        .split('\n'),
    )
    .map((line) => ({ command: line.replace(/\s#.*$/, '').trim(), needsAzure: NEEDS_AZURE.test(line) }))
    .filter(({ command }) => command !== '' && !command.startsWith('#'));
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const spans = [...prose.matchAll(/(?<!`)`((?:[A-Z_]+=\w+ )?(?:np[mx]\s|bicep\/[\w-]+\.sh)[^`]*)`(.{0,25})/g)];
  const inline = spans.map(([, code = '', behind = '']) => ({
    command: code.replaceAll(/\s+/g, ' '),
    needsAzure: NEEDS_AZURE.test(behind),
  }));
  return [...lines, ...inline].map((found) => ({ page, ...found }));
}
