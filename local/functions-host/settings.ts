import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of host.json that the local host heeds. */
export interface HostSettings {
  routePrefix: string;
  logLevel: string | undefined;
  hubName: string | undefined;
  maxConcurrentActivities: number | undefined;
}

interface HostJson {
  logging?: { logLevel?: { default?: string } };
  extensions?: {
    http?: { routePrefix?: string };
    durableTask?: { hubName?: string; maxConcurrentActivityFunctions?: number };
  };
}

/** Reads an app's host.json. */
export function readHostSettings(dir: string): HostSettings {
  const { logging, extensions } = readJson<HostJson>(join(dir, 'host.json'));
  return {
    routePrefix: extensions?.http?.routePrefix ?? 'api',
    logLevel: logging?.logLevel?.default,
    hubName: extensions?.durableTask?.hubName,
    maxConcurrentActivities: extensions?.durableTask?.maxConcurrentActivityFunctions,
  };
}

/** Adds the Values of local.settings.json to the environment, which wins. */
export function applyLocalSettings(dir: string, env: NodeJS.ProcessEnv = process.env): void {
  const { Values = {} } = readJson<{ Values?: Record<string, string> }>(join(dir, 'local.settings.json'));
  for (const [name, value] of Object.entries(Values)) env[name] ??= value;
}

function readJson<T extends object>(file: string): Partial<T> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${String(cause)}`, { cause });
  }
}
