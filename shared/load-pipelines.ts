import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeProblem } from './images/code-files.ts';
import type { BrokenPipeline, Pipeline } from './pipeline.ts';
import { parsePipeline } from './parse-pipeline.ts';

export interface LoadedPipelines {
  pipelines: Map<string, Pipeline>;
  broken: BrokenPipeline[];
}

/** Code files that every pipeline brings. */
const REQUIRED = ['process.py', 'model.py', 'train.py', 'predictor.py'];

/**
 * Reads every FOLDER/NAME/pipeline.yaml. A broken one is listed with its problems and takes no other down.
 * Of two pipelines whose landing prefixes overlap, the later by name is refused: a file must have one owner.
 */
export function loadPipelines(folder: string): LoadedPipelines {
  const loaded: LoadedPipelines = { pipelines: new Map(), broken: [] };
  for (const name of folderNames(folder)) {
    const file = join(folder, name, 'pipeline.yaml');
    if (!existsSync(file)) continue;
    const parsed = parsePipeline(readFileSync(file, 'utf8'), `${name}/pipeline.yaml`);
    const problems = 'problems' in parsed ? parsed.problems : misplaced(folder, name, parsed.pipeline, loaded);
    if ('problems' in parsed || problems.length > 0) loaded.broken.push({ name, problems });
    else loaded.pipelines.set(name, parsed.pipeline);
  }
  return loaded;
}

function misplaced(folder: string, name: string, pipeline: Pipeline, { pipelines }: LoadedPipelines): string[] {
  const file = `${name}/pipeline.yaml`;
  const needed = [...REQUIRED, ...(pipeline.sources.some(({ type }) => type === 'script') ? ['collect.py'] : [])];
  const problems = needed
    .filter((code) => !existsSync(join(folder, name, code)))
    .map((code) => `${file}: the code file ${name}/${code} is missing`);
  const unfit = codeProblem(join(folder, name));
  if (unfit !== undefined) problems.push(`${name}: the folder cannot go to the clusters: ${unfit}`);
  if (pipeline.name !== name) problems.push(`${file}: name: ${pipeline.name} must be the name of its folder, ${name}`);
  const { prefix } = pipeline.landing;
  for (const other of pipelines.values()) {
    const theirs = other.landing.prefix;
    if (prefix.startsWith(theirs) || theirs.startsWith(prefix)) {
      problems.push(`${file}: landing.prefix: ${prefix} overlaps with ${theirs} of pipeline ${other.name}`);
    }
  }
  return problems;
}

function folderNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
