import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Option } from 'commander';
import { path } from '../connect/api.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { json, oneLine } from '../format/text.ts';
import type { Register, Session } from '../session.ts';

interface Options {
  instances?: string;
  file?: string;
}

const CURE = "Give a JSON list, such as --instances '[[5.1,3.5,1.4,0.2]]', or a whole V1 request with instances.";

/** Registers `landfall predict`. */
export const predict: Register = (program, cli) => {
  program
    .command('predict')
    .description('ask the model that serves')
    .argument('<pipeline>', 'name of the pipeline')
    .option('--instances <json>', 'what to ask: a JSON list in the form that the pipeline’s predictor.py reads')
    .addOption(
      new Option('--file <path>', 'the same from a file (default: from standard input)').conflicts('instances'),
    )
    .addHelpText('after', "\nExample:\n  npx landfall predict iris --instances '[[5.1,3.5,1.4,0.2]]'")
    .action(cli.online(ask));
};

async function ask(session: Session, pipeline: string, options: Options): Promise<number> {
  const { api, show } = session;
  const body = requestIn(await input(session, options));
  const answer = await api.answer<{ predictions?: unknown[] }>('POST', path`pipelines/${pipeline}/predict`, { body });
  const version = answer.headers.get('x-model-version') ?? 'unknown';
  show.tell({ version, ...answer.body }, () => [
    oneLine(`version ${version}`),
    ...(answer.body.predictions ?? [answer.body]).map((prediction) => json(prediction)),
  ]);
  return EXIT.good;
}

async function input({ stdin, folder }: Session, { instances, file }: Options): Promise<string> {
  if (instances !== undefined) return instances;
  if (file !== undefined) return readFile(resolve(folder, file));
  if (stdin.isTTY) throw new CliError('There is nothing to ask.', CURE);
  return text(stdin);
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`, 'Check its path.');
  }
}

function requestIn(given: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch (error) {
    throw new CliError(`This is no JSON: ${(error as SyntaxError).message}.`, CURE);
  }
  if (Array.isArray(value)) return { instances: value };
  if (Array.isArray((value as { instances?: unknown } | null)?.instances)) return value;
  throw new CliError('The JSON is no list, and has no list of instances.', CURE);
}
