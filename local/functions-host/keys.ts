import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The host's keys. */
export interface Keys {
  master: string;
  function: string;
  system: { eventgrid_extension: string; durabletask_extension: string };
}

/** Reads the keys of a data folder, making them first where there are none. */
export function ensureKeys(dataDir: string): Keys {
  const file = join(dataDir, 'keys.json');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    const system = { eventgrid_extension: makeKey(), durabletask_extension: makeKey() };
    const keys: Keys = { master: makeKey(), function: makeKey(), system };
    writeFileSync(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Keys;
}

const makeKey = (): string => randomBytes(40).toString('base64url');

/** The key that a request presents: the header wins over the query, whose name is taken in any case. */
export function presentedKey(headers: Headers, query: URLSearchParams): string | undefined {
  const codes = [...query].filter(([name]) => name.toLowerCase() === 'code').map(([, value]) => value);
  return headers.get('x-functions-key') ?? (codes.length > 0 ? codes.join(',') : undefined);
}

/** Whether a key opens functions of a level. */
export function opens(keys: Keys, key: string | undefined, level: string): boolean {
  if (level === 'anonymous' || key === keys.master) return true;
  return level === 'function' && key === keys.function;
}
