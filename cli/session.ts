import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { createApi, type Api } from './connect/api.ts';
import { findAddress, type Address, type Where } from './connect/connection.ts';
import { quote } from './format/text.ts';
import { createScreen, type Screen, type Streams } from './screen.ts';

/** What surrounds a command: the process, or a test. */
export interface World extends Streams {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  folder: string;
  /** Aborted when somebody interrupts. */
  signal: AbortSignal;
  now(): number;
}

/** What a command works with. */
export interface Session extends World {
  address: Address;
  api: Api;
  show: Screen;
  /** Waits between two looks at something that is followed. */
  pause(): Promise<void>;
  /** A command that a person may copy, to the same app. */
  command(text: string): string;
}

/** Options that every command has. */
export type GlobalOptions = Where & { json?: boolean; timeout?: number };

/** What a command needs that asks no app. */
export type Offline = World & { show: Screen };

/** What commands are registered with: actions get a session and answer the exit code. */
export interface Cli {
  online<A extends unknown[]>(act: (session: Session, ...args: A) => Promise<number>): (...args: A) => Promise<void>;
  offline<A extends unknown[]>(act: (offline: Offline, ...args: A) => Promise<number>): (...args: A) => Promise<void>;
}

/** Adds a command to the program. */
export type Register = (program: Command, cli: Cli) => void;

const LOCAL_PAUSE_MS = 400;
const PAUSE_MS = 2_000;
const TIMEOUT_S = 60;

/** What the commands of a program are registered with; `ended` hears of each exit code. */
export function createCli(world: World, options: () => GlobalOptions, ended: (exitCode: number) => void): Cli {
  const offline = (): Offline => ({ ...world, show: createScreen(world, options().json ?? false) });
  return {
    online:
      (act) =>
      async (...args) =>
        ended(await within(openSession(offline(), options()), act, args)),
    offline:
      (act) =>
      async (...args) =>
        ended(await within(offline(), act, args)),
  };
}

/** Whatever happens, no spinner is left turning. */
async function within<S extends Offline, A extends unknown[]>(
  session: S,
  act: (session: S, ...args: A) => Promise<number>,
  args: A,
): Promise<number> {
  try {
    return await act(session, ...args);
  } finally {
    session.show.clear();
  }
}

function openSession(offline: Offline, { timeout = TIMEOUT_S, ...where }: GlobalOptions): Session {
  const { signal, env, folder } = offline;
  const address = findAddress(where, env, folder);
  const pauseMs = isNear(address.url) ? LOCAL_PAUSE_MS : PAUSE_MS;
  return {
    ...offline,
    address,
    api: createApi(address, { signal, timeoutMs: timeout * 1_000 }),
    pause: () => sleep(pauseMs, undefined, { signal }),
    command: (text) => ['npx landfall', ...named(where), text].join(' '),
  };
}

/** The options that named the app, for the next command; never the key or the token. */
function named({ api, state }: Where): string[] {
  return [
    ...(api === undefined ? [] : ['--api', quote(api)]),
    ...(state === undefined ? [] : ['--state', quote(state)]),
  ];
}

function isNear(url: string): boolean {
  return /^(127\.|localhost$|\[::1\]$)/.test(new URL(url).hostname);
}
