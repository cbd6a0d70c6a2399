import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../cli-error.ts';
import type { Offline, Register } from '../session.ts';
import { pipelineFiles } from './files.ts';
import { infer, type Inferred, type Task } from './infer.ts';
import { checkFolder, checkName, choosePrefix } from './place.ts';
import { inferredLines, nextLines } from './report.ts';

const ROWS = 10_000;

interface Options {
  from: string;
  target: string;
  task?: Task;
  landing?: string;
  out: string;
  rows: number;
  force?: boolean;
  dryRun?: boolean;
}

/** Registers `landfall new`. */
export const newPipeline: Register = (program, cli) => {
  program
    .command('new')
    .description('make a pipeline from a sample file: it runs at once, and is made to be edited')
    .argument('<name>', 'name of the pipeline and of its folder')
    .requiredOption('--from <file>', 'CSV file with a header, in UTF-8')
    .requiredOption('--target <column>', 'the column to predict')
    .addOption(
      new Option('--task <task>', 'what to make of the target (default: by its values)').choices([
        'classification',
        'regression',
      ]),
    )
    .option('--landing <prefix>', 'its folder of the landing zone (default: its name)')
    .option('--out <folder>', 'folder of the pipelines', 'workloads/pipelines')
    .option('--rows <number>', 'how many rows of the file to look at, and to keep as its sample', rowCount, ROWS)
    .option('--force', 'write over the files of a pipeline that is there')
    .option('--dry-run', 'say what would be made, and make nothing')
    .addHelpText('after', '\nExample:\n  npx landfall new penguins --from penguins.csv --target species')
    .action(cli.offline(create));
};

async function create({ folder: here, show }: Offline, name: string, options: Options): Promise<number> {
  checkName(name);
  const out = resolve(here, options.out);
  const inside = relative(here, out);
  const shown = join(inside.startsWith('..') ? out : inside, name);
  checkFolder(join(out, name), shown, options.force ?? false);
  const prefix = choosePrefix(options.landing, name, out);
  // Loaded here, so that no other command waits for it.
  const { readCsv } = await import('./read-csv.ts');
  const file = basename(options.from);
  const sample = await readCsv(resolve(here, options.from), file, options.rows);
  const inferred = infer(sample, file, options.target, options.task);
  const files = pipelineFiles(name, prefix, inferred, sample);
  if (!options.dryRun) write(join(out, name), files);
  show.tell(
    { ...facts(name, prefix, inferred), folder: shown, files: [...files.keys()], written: !options.dryRun },
    () => [
      ...inferredLines(name, file, inferred),
      ...[...files.keys()].map((path) => `${options.dryRun ? '○ would write' : '✔'} ${join(shown, path)}`),
      ...(options.dryRun ? [] : nextLines(name, shown, options.from)),
    ],
  );
  return EXIT.good;
}

function write(folder: string, files: Map<string, string>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function facts(name: string, prefix: string, { task, target, features, leftOut, notes, rows }: Inferred) {
  const columns = features.map((column) => ({ name: column.name, kind: column.kind, missing: column.missing }));
  return { pipeline: name, landing: prefix, task, target: target.name, rows, columns, leftOut, notes };
}

function rowCount(text: string): number {
  const rows = Number(text);
  if (!Number.isInteger(rows) || rows < 1) throw new InvalidArgumentError('A number from 1 was expected.');
  return rows;
}
