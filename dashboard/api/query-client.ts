import { QueryClient } from '@tanstack/preact-query';
import { mayPass } from './problem.ts';

const TRIES = 2;
const LONGEST_PAUSE_MS = 5_000;

/** What the page knows of the app, and how it asks again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The app may well run on this machine, so that the browser's idea of being offline says nothing.
        networkMode: 'always',
        staleTime: 1_000,
        retry: (failures, error) => failures < TRIES && mayPass(error),
        retryDelay: (failures) => Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures),
      },
      mutations: { networkMode: 'always' },
    },
  });
}
