import { useMutation, useQueryClient } from '@tanstack/preact-query';
import { useContext, useState } from 'preact/hooks';
import { Announce } from './announcer.tsx';

/** Something that the app is asked to do. */
export interface Task {
  run: () => void;
  busy: boolean;
  error: unknown;
  /** What was done, in words. */
  done: string | undefined;
  clear: () => void;
}

/** Asks the app to do something; what the page knows is then asked for anew, and what was done is said aloud. */
export function useTask<T>(act: () => Promise<T>, told: (answer: T) => string, after?: (answer: T) => void): Task {
  const client = useQueryClient();
  const announce = useContext(Announce);
  const [done, setDone] = useState<string>();
  const { mutate, isPending, error, reset } = useMutation({
    // What is done is handed over with each call: the hook itself takes up a newer one only after the next paint.
    mutationFn: (current: () => Promise<T>) => current(),
    onSuccess: async (answer) => {
      setDone(told(answer));
      announce(told(answer));
      after?.(answer);
      await client.invalidateQueries();
    },
  });
  const clear = () => {
    reset();
    setDone(undefined);
  };
  return { run: () => mutate(act), busy: isPending, error, done, clear };
}
