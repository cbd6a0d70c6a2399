import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliError, EXIT } from '../cli-error.ts';

/** Options that say which app is meant. */
export interface Where {
  api?: string;
  key?: string;
  token?: string;
  state?: string;
}

/** The lake of a local platform. */
export interface LocalLake {
  dfs: string;
  account: string;
  key: string;
}

/** Where an app answers. */
export interface Address {
  url: string;
  key: string;
  /** Says who asks, where the app wants people to be signed in. */
  token?: string;
  /** State folder of the local platform that it is, where it is one. */
  local?: { folder: string; lake: LocalLake };
}

interface Endpoints {
  functions: { url: string; key: string };
  lake: LocalLake;
}

const STATE = '.landfall';
const FILE = 'endpoints.json';

/** The app that options or environment name, else the one that runs on this machine. */
export function findAddress({ api, key, token, state }: Where, env: NodeJS.ProcessEnv, folder: string): Address {
  const named = api ?? (state === undefined ? env.LANDFALL_API || undefined : undefined);
  const found = state === undefined ? searchUpward(folder) : resolve(folder, state);
  if (named === undefined) return local(found, { key, token });
  // Key and token of the environment belong to the address of the environment, or to one that is named.
  const given = { key: key ?? (env.LANDFALL_KEY || undefined), token: token ?? (env.LANDFALL_TOKEN || undefined) };
  const url = requireUrl(named);
  const here = found !== undefined && existsSync(join(found, FILE)) ? local(found, given) : undefined;
  return here?.url === url ? here : { url, ...secrets(given) };
}

/** What opens an app. */
interface Secrets {
  key: string | undefined;
  token: string | undefined;
}

function local(folder: string | undefined, { key, token }: Secrets): Address {
  if (folder === undefined || !existsSync(join(folder, FILE))) {
    throw new CliError(
      `No app runs here: there is no ${join(folder ?? STATE, FILE)}.`,
      'Run npm start first, or name an app with --api URL and --key KEY.',
      EXIT.refused,
    );
  }
  const { functions, lake } = read(join(folder, FILE));
  return { url: requireUrl(functions.url), ...secrets({ key: key ?? functions.key, token }), local: { folder, lake } };
}

function read(file: string): Endpoints {
  try {
    const { functions, lake } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Endpoints>;
    if (typeof functions?.url === 'string' && typeof lake?.dfs === 'string') return { functions, lake };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CliError(`${file} tells no endpoints.`, 'Run npm start again: it writes the file anew.', EXIT.refused);
}

function searchUpward(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, STATE, FILE))) return join(at, STATE);
    if (dirname(at) === at) return undefined;
  }
}

/** Address of an app, without the /api below which it answers. */
function requireUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return `${url.origin}${url.pathname.replace(/\/+(api\/*)?$/, '')}`;
  throw new CliError(`${text} is no address of an app.`, 'Give one such as https://APP.azurewebsites.net with --api.');
}

function secrets({ key = '', token }: Secrets): Pick<Address, 'key' | 'token'> {
  requireHeader(key, 'The key has characters that no function key has.', 'key');
  if (token === undefined) return { key };
  requireHeader(token, 'The token has characters that no access token has.', 'token');
  return { key, token };
}

/** Refuses what an HTTP header cannot carry. */
function requireHeader(text: string, problem: string, name: string): void {
  if (!/^[\x21-\x7e]*$/.test(text)) throw new CliError(problem, `Copy the ${name} again: one line, no spaces.`);
}
