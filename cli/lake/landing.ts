import { basename } from 'node:path';
import type { Pipeline } from '../connect/api-types.ts';
import { CliError } from '../cli-error.ts';
import { fits } from './glob.ts';
import { lakePath } from './lake-path.ts';

/** Where files are dropped: the pipeline that claims them, and the folder, such as `landing/iris/`. */
export interface Landing {
  pipeline: string;
  folder: string;
  /** Names of files that count there; an older app does not say. */
  pattern?: string | undefined;
  /** Name of a file that completes a batch. */
  marker?: string | undefined;
}

/** The landing folder of a named pipeline, of the pipeline that claims a named folder, or of the only one there is. */
export function chooseLanding(pipelines: Pipeline[], wanted: { pipeline?: string; to?: string }): Landing {
  const usable = pipelines.flatMap(
    ({ name, landing, landingPattern: pattern, landingMarker: marker, error, enabled }) =>
      landing !== undefined && error === undefined && enabled
        ? [{ pipeline: name, folder: landing, pattern, marker }]
        : [],
  );
  const names = usable.map(({ pipeline, folder }) => `${pipeline} (${folder})`).join(', ') || 'none';
  if (wanted.to !== undefined) {
    const folder = `${lakePath(wanted.to).replace(/\/+$/, '')}/`;
    const owner = usable.find((one) => folder.startsWith(one.folder));
    if (owner && (wanted.pipeline ?? owner.pipeline) === owner.pipeline) return { ...owner, folder };
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

/** Refuses a name that the pipeline leaves alone: the file would lie there, and no run would take it. */
export function requireFit({ pipeline, pattern, marker }: Landing, name: string, isMarker: boolean): void {
  if (name === marker || (pattern === undefined && !isMarker)) return;
  if (isMarker && pattern !== undefined)
    throw marker === undefined
      ? new CliError(
          `${pipeline} knows no marker.`,
          'Drop the file without --marker, or set landing.marker in pipeline.yaml.',
        )
      : new CliError(`${name} is not the marker of ${pipeline}: that is ${marker}.`, `Name the file ${marker}.`);
  if (pattern === undefined || fits(name, pattern)) return;
  throw new CliError(
    `${pipeline} would leave ${name} alone: the files that it takes are named ${pattern}.`,
    'Give the file such a name, choose another --pipeline, or change landing.pattern in its pipeline.yaml.',
  );
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
