import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoints } from './endpoints.ts';

/** What GET /api/health answers. */
export interface Health {
  status: string;
  parts: { name: string; status: string; detail: string; cure?: string }[];
}

const RETRY_MS = 500;
const TRIES = 120;

/** Asks the app how it is; while the functions host is started again, the question waits for its answer. */
export function createHealth({ functions }: Pick<Endpoints, 'functions'>, signal: AbortSignal): () => Promise<Health> {
  const ask = async (): Promise<Health> => {
    const response = await fetch(`${functions.url}/api/health`, {
      headers: { 'x-functions-key': functions.key },
      signal,
    });
    if (response.status !== 200 && response.status !== 503)
      throw new Error(`health answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Health;
  };
  return async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (attempt === TRIES || signal.aborted) throw error;
        await sleep(RETRY_MS, undefined, { signal });
      }
    }
  };
}
