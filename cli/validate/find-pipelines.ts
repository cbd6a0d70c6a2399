import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';

const FILE = 'pipeline.yaml';
const PIPELINES = 'workloads/pipelines';

/** The pipeline.yaml files that are meant, as paths from a folder: in each named place, or in the checkout around it. */
export function findPipelines(folder: string, named: string[]): string[] {
  const places = named.length > 0 ? named : [checkoutPipelines(folder)];
  const files = places.flatMap((place) => filesOf(resolve(folder, place), place));
  return [...new Set(files)].map((file) => relative(folder, file) || file);
}

function filesOf(place: string, asked: string): string[] {
  if (!existsSync(place)) throw new CliError(`There is no ${asked}.`, 'Name a folder with a pipeline.yaml.');
  if (statSync(place).isFile()) return [place];
  if (existsSync(join(place, FILE))) return [join(place, FILE)];
  const found = readdirSync(place, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(place, entry.name, FILE)))
    .map((entry) => join(place, entry.name, FILE));
  if (found.length > 0) return found.sort();
  throw new CliError(`${asked} has no ${FILE}, and no folder in it has one.`, 'Name a folder with a pipeline.yaml.');
}

function checkoutPipelines(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, PIPELINES))) return join(at, PIPELINES);
    if (dirname(at) === at) break;
  }
  throw new CliError(`There is no ${PIPELINES} here or above.`, 'Name the folders to check.');
}
