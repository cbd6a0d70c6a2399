import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRestError } from '@azure/storage-blob';
import type { StorageEvent } from './events.ts';

/** A change to a whole tree, which takes many steps: `to` is absent when the tree is deleted. */
export interface Intent {
  from: string;
  to?: string;
  leaseId?: string;
  event: StorageEvent;
}

type Act = (intent: Intent) => Promise<void>;

const RETRY_MS = 500;

/** Changes that were begun, one file each, so that a start after a crash finishes them. */
export class Intents {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Does a change that is finished at the next start if this process dies in the middle. */
  async carryOut(intent: Intent, act: Act): Promise<void> {
    const file = join(this.#dir, `${randomUUID()}.json`);
    await writeFile(`${file}.new`, JSON.stringify(intent));
    await rename(`${file}.new`, file);
    try {
      await insist(intent, act);
    } finally {
      await rm(file);
    }
  }

  /** Finishes what an earlier process left. */
  async finish(act: Act): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    for (const name of await readdir(this.#dir)) {
      const file = join(this.#dir, name);
      if (name.endsWith('.json')) await insist(JSON.parse(await readFile(file, 'utf8')) as Intent, act);
      await rm(file);
    }
  }
}

/** Leaves nothing half done because the blob service is away for a while; what it refuses stays refused. */
async function insist(intent: Intent, act: Act): Promise<void> {
  for (;;) {
    try {
      return await act(intent);
    } catch (error) {
      if (isRestError(error) && (error.statusCode ?? 500) < 500) throw error;
      console.error(`The lake tries again to change ${intent.from}:`, error);
      await sleep(RETRY_MS);
    }
  }
}
