import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Ports } from './ports.ts';
import type { Secrets } from './secrets.ts';
import type { Certificates } from './tls.ts';

/** What every part of the platform is started with. */
export interface Starting {
  ports: Ports;
  secrets: Secrets;
  certificates: Certificates;
  say(line: string): void;
  /** Program of real API servers, in place of ours. */
  apiServers?: string;
  /** A folder of the state folder, made when it is not there. */
  folder(name: string): string;
  /** A file of the state folder. */
  file(name: string): string;
  /** Keeps a part that was started, to be closed with the platform. */
  started<T extends Closable>(part: Promise<T>): Promise<T>;
}

export interface Closable {
  close(): Promise<void>;
}

/** Parts that are closed together, the last one started first. */
export function closeInReverse(): { started: Starting['started']; close(): Promise<void> } {
  const parts: Closable[] = [];
  return {
    async started(starting) {
      const part = await starting;
      parts.unshift(part);
      return part;
    },
    async close() {
      for (const part of parts.splice(0)) await part.close();
    },
  };
}

/** Paths below a state folder. */
export function stateFolder(state: string): Pick<Starting, 'folder' | 'file'> {
  return {
    folder(name) {
      const path = resolve(state, name);
      mkdirSync(path, { recursive: true });
      return path;
    },
    file: (name) => join(resolve(state), name),
  };
}
