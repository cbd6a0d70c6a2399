import { basename } from 'node:path';
import type { Pipeline } from './api-types.ts';
import { CliError } from './cli-error.ts';
import { lakePath } from './lake-path.ts';

/** Where files are dropped: the pipeline that claims them, and the folder, such as `landing/iris/`. */
export interface Landing {
  pipeline: string;
  folder: string;
}

/** The landing folder of a named pipeline, of the pipeline that claims a named folder, or of the only one there is. */
export function chooseLanding(pipelines: Pipeline[], wanted: { pipeline?: string; to?: string }): Landing {
  const usable = pipelines.flatMap(({ name, landing, error, enabled }) =>
    landing !== undefined && error === undefined && enabled ? [{ pipeline: name, folder: landing }] : [],
  );
  const names = usable.map(({ pipeline, folder }) => `${pipeline} (${folder})`).join(', ') || 'none';
  if (wanted.to !== undefined) {
    const folder = `${lakePath(wanted.to).replace(/\/+$/, '')}/`;
    const owner = usable.find((one) => folder.startsWith(one.folder));
    if (owner && (wanted.pipeline ?? owner.pipeline) === owner.pipeline) return { pipeline: owner.pipeline, folder };
    throw new CliError(
      wanted.pipeline === undefined ? `No pipeline claims ${folder}.` : `${wanted.pipeline} does not claim ${folder}.`,
      `Pipelines: ${names}.`,
    );
  }
  if (wanted.pipeline !== undefined) return required(pipelines, usable, wanted.pipeline, names);
  if (usable.length === 1 && usable[0]) return usable[0];
  throw usable.length === 0
    ? new CliError('There is no pipeline that takes files.', 'landfall pipelines tells what is wrong with them.')
    : new CliError('There are several pipelines.', `Say which one with --pipeline: ${names}.`);
}

function required(all: Pipeline[], usable: Landing[], name: string, names: string): Landing {
  const found = usable.find(({ pipeline }) => pipeline === name);
  if (found) return found;
  const known = all.find((pipeline) => pipeline.name === name);
  if (!known) throw new CliError(`There is no pipeline ${name}.`, `Pipelines: ${names}.`);
  const why = known.error === undefined ? 'is disabled' : `is broken: ${known.error}`;
  throw new CliError(`Pipeline ${name} ${why}`, 'Correct its pipeline.yaml, then drop again.');
}

/** Refuses names under which the app leaves a file alone. */
export function requireClaimed(file: string, isMarker: boolean): string {
  const name = basename(file);
  if (/^[._]/.test(name) && !isMarker) {
    throw new CliError(
      `${name} would be left alone: names that begin with . or _ are files in the making.`,
      'Give it another name, or add --marker where it is the file that completes a batch.',
    );
  }
  return name;
}
