import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CliError } from '../cli-error.ts';

/**
 * The rule of shared/pipeline.ts, which this package does not import: names of Kubernetes objects derive from a
 * pipeline's, and those have 63 characters.
 */
const NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const NAME_LIMIT = 20;
const PREFIX = /^[^/].*\/$/;

/** Refuses a name that no pipeline may have. */
export function checkName(name: string): void {
  if (NAME.test(name) && name.length <= NAME_LIMIT) return;
  const proposal = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, NAME_LIMIT)
    .replace(/-+$/, '');
  throw new CliError(
    `${JSON.stringify(name)} is no name for a pipeline: up to ${NAME_LIMIT} lower-case letters, digits and hyphens were expected, with a letter first.`,
    proposal === '' ? 'Choose another name.' : `Take ${proposal}, for example.`,
  );
}

/** The landing prefix, given or by the name; it may not overlap with another pipeline's. */
export function choosePrefix(given: string | undefined, name: string, out: string): string {
  const prefix = given === undefined ? `${name}/` : given.endsWith('/') ? given : `${given}/`;
  if (!PREFIX.test(prefix) || prefix.split('/').includes('..'))
    throw new CliError(
      `--landing ${prefix} is no folder of the landing zone.`,
      `Name one as ${name}/, without a leading slash.`,
    );
  const other = otherPrefixes(out, name).find(({ theirs }) => prefix.startsWith(theirs) || theirs.startsWith(prefix));
  if (other)
    throw new CliError(
      `The landing folder ${prefix} overlaps with ${other.theirs} of pipeline ${other.pipeline}: a file must have one owner.`,
      'Choose another with --landing PREFIX.',
    );
  return prefix;
}

function otherPrefixes(out: string, name: string): { pipeline: string; theirs: string }[] {
  if (!existsSync(out)) return [];
  return readdirSync(out)
    .filter((pipeline) => pipeline !== name && existsSync(join(out, pipeline, 'pipeline.yaml')))
    .flatMap((pipeline) => {
      const theirs = prefixIn(readFileSync(join(out, pipeline, 'pipeline.yaml'), 'utf8'));
      return theirs === undefined ? [] : [{ pipeline, theirs }];
    });
}

/** A file that cannot be read is broken, which is told elsewhere, and claims nothing. */
function prefixIn(text: string): string | undefined {
  try {
    const { landing } = (parse(text) ?? {}) as { landing?: { prefix?: unknown } };
    return typeof landing?.prefix === 'string' ? landing.prefix : undefined;
  } catch {
    return undefined;
  }
}

/** Refuses a folder that is there, unless it may be written over. */
export function checkFolder(folder: string, shown: string, force: boolean): void {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !force)
    throw new CliError(`${shown} is there already.`, 'Choose another name, or write over its files with --force.');
}
