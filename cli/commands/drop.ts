import { resolve } from 'node:path';
import { path } from '../connect/api.ts';
import type { Page, Pipeline } from '../connect/api-types.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { followArrivals } from '../follow/follow-arrivals.ts';
import type { FollowOptions } from '../follow/follow-run.ts';
import { bytes, percent } from '../format/quantity.ts';
import { oneLine, quote } from '../format/text.ts';
import { chooseLanding, requireClaimed, requireFit, type Landing } from '../lake/landing.ts';
import type { Register, Session } from '../session.ts';
import { requireFile, type Dropped } from '../lake/upload.ts';
import { untilReview } from './run.ts';

interface Options extends FollowOptions {
  pipeline?: string;
  to?: string;
  lake?: string;
  marker?: boolean;
  follow?: boolean;
}

/** Registers `landfall drop`. */
export const drop: Register = (program, cli) => {
  program
    .command('drop')
    .description('drop files into the landing zone: they start a run by themselves')
    .argument('<file...>', 'files to drop')
    .option('--pipeline <name>', 'the pipeline whose landing folder takes them (default: the only one)')
    .option('--to <folder>', 'a folder in it, such as landing/iris/2026/03/01/')
    .option('--lake <url>', 'the lake of an app in Azure (or LANDFALL_LAKE), as https://ACCOUNT.dfs.core.windows.net')
    .option('--marker', 'they complete a batch: they may be empty, and begin with . or _')
    .option('-f, --follow', 'follow the run to its prediction; exit code 1 when it does not succeed')
    .addOption(untilReview())
    .addHelpText('after', '\nExample:\n  npx landfall drop workloads/pipelines/iris/sample/iris.csv --follow')
    .action(cli.online(dropFiles));
};

async function dropFiles(session: Session, files: string[], options: Options): Promise<number> {
  const { api, show, folder } = session;
  const mayBeEmpty = options.marker ?? false;
  const named = files.map((file) => ({ file: resolve(folder, file), name: requireClaimed(file, mayBeEmpty) }));
  requireDifferent(named.map(({ name }) => name));
  for (const { file } of named) requireFile(file, mayBeEmpty);
  const { value } = await api.get<Page<Pipeline>>(path`pipelines`);
  const landing = chooseLanding(value, options);
  for (const { name } of named) requireFit(landing, name, mayBeEmpty);
  const dropped = await uploadAll(session, landing, named, options);
  if (!options.follow) {
    show.tell({ dropped }, () => [...dropped.map(line), ...markerHint(session, landing, named)]);
    return EXIT.good;
  }
  show.tellNext({ dropped }, () => [...dropped.map(line), ...markerHint(session, landing, named)]);
  return followArrivals(session, landing.pipeline, dropped, options);
}

async function uploadAll(
  session: Session,
  { folder }: Landing,
  named: { file: string; name: string }[],
  { lake: url, marker = false }: Options,
): Promise<Dropped[]> {
  const { show, signal, env, address } = session;
  const where = url ?? (env.LANDFALL_LAKE || undefined) ?? address.local?.lake;
  if (where === undefined)
    throw new CliError(
      'It is not known where the lake is.',
      'Name it with --lake https://ACCOUNT.dfs.core.windows.net.',
    );
  // Loaded here: the libraries of the lake take longer to load than most commands to run.
  const [{ openLake }, { upload }] = await Promise.all([import('../lake/lake.ts'), import('../lake/upload.ts')]);
  const lake = openLake(where);
  const dropped: Dropped[] = [];
  for (const { file, name } of named) {
    const progress = (sent: number, size: number) => {
      if (sent < size)
        show.now(oneLine(`dropping ${name} · ${bytes(sent)} of ${bytes(size)}, ${percent(sent / size)}`));
    };
    dropped.push(await upload(lake, file, { folder, name }, { signal, progress, mayBeEmpty: marker }));
  }
  return dropped;
}

function line({ path: dropped, size }: Dropped): string {
  return oneLine(`dropped ${dropped} (${bytes(size)})`);
}

/** How the batch is completed at once, where the pipeline has a marker and it is not among the files. */
function markerHint({ command }: Session, { pipeline, marker }: Landing, named: { name: string }[]): string[] {
  if (marker === undefined || named.some(({ name }) => name === marker)) return [];
  return [
    oneLine(`${pipeline} starts once its marker ${marker} comes, or when nothing has come for a while.`),
    `  → ${command(`drop ${quote(marker)} --marker --pipeline ${quote(pipeline)}`)}`,
  ];
}

/** Two files of one name would be one file in the lake. */
function requireDifferent(names: string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new CliError(
    `Two of the files are named ${twice}: one would replace the other.`,
    'Drop them one after the other.',
  );
}
