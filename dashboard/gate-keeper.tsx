import { useQuery } from '@tanstack/preact-query';
import type { ComponentChildren } from 'preact';
import { useSyncExternalStore } from 'preact/compat';
import { answered, api, keyRing } from './api/client.ts';
import { ApiError } from './api/problem.ts';
import { KeyPrompt } from './key-prompt.tsx';
import { Loaded } from './parts/loaded.tsx';

const REFUSED = new ApiError('key', 401, 'The app refuses this key.', 'Copy it again from where the app was started.');

/** Lets in who has a key, and who needs none since sign-in tells who it is. */
export function GateKeeper({ children }: { children: ComponentChildren }) {
  const { key, refused } = useSyncExternalStore(keyRing.subscribe, keyRing.current);
  const opened = useQuery({
    queryKey: ['pipelines', 'opened', key ?? ''],
    queryFn: ({ signal }) => answered(api.GET('/pipelines', { signal })).then(() => true),
    // Whether the key holds is known once: from then on each answer tells.
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.error && !isKey(state.error) ? RETRY_MS : false),
  });
  if (opened.data) return <>{children}</>;
  if (isKey(opened.error)) return <KeyPrompt error={refused ? REFUSED : undefined} />;
  return (
    <main id="main" class="key-prompt" tabIndex={-1}>
      <h1>Landfall</h1>
      <Loaded of={opened}>{() => null}</Loaded>
    </main>
  );
}

const RETRY_MS = 3_000;
const isKey = (error: unknown): boolean => error instanceof ApiError && error.trouble === 'key';
