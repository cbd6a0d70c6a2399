import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from './cli-error.ts';

/** Where an app answers. */
export interface Address {
  url: string;
  key: string;
}

const LOCAL = '.landfall/endpoints.json';

/** The app that options or environment name, else the one that runs on this machine. */
export function connect(
  given: { api?: string; key?: string },
  env: NodeJS.ProcessEnv,
  folder = process.cwd(),
): Address {
  const url = given.api ?? env.LANDFALL_API;
  if (url !== undefined) return { url: url.replace(/\/+$/, ''), key: given.key ?? env.LANDFALL_KEY ?? '' };
  const file = join(folder, LOCAL);
  if (!existsSync(file)) {
    throw new CliError(
      `No app runs here: there is no ${LOCAL}.`,
      'Run npm start, or name an app with --api URL and --key KEY.',
    );
  }
  const { functions } = JSON.parse(readFileSync(file, 'utf8')) as { functions: Address };
  return { ...functions, ...(given.key !== undefined && { key: given.key }) };
}

/** Asks the API; answers status and JSON body, whatever the status. */
export async function ask({ url, key }: Address, path: string): Promise<{ status: number; body: unknown }> {
  let response: Response;
  try {
    response = await fetch(`${url}/api/${path}`, { headers: { 'x-functions-key': key } });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CliError(`${url} does not answer: ${cause}.`, 'Check the address, and that the app runs.');
  }
  if (response.status === 401)
    throw new CliError(`${url} refuses the key.`, 'Give the function key with --key or LANDFALL_KEY.');
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    throw new CliError(
      `${url} answered ${response.status} and no JSON.`,
      'Check that --api is the address of a Landfall app.',
    );
  }
}
