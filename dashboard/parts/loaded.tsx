import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { mayPass } from '../api/problem.ts';
import { Failure } from './failure.tsx';
import { Moment } from './moment.tsx';

/** A question to the app, as far as it is shown. */
interface Asked<T> {
  data: T | undefined;
  error: unknown;
  dataUpdatedAt: number;
  refetch: (options?: { cancelRefetch?: boolean }) => unknown;
}

/** Before this nothing is said: most answers come sooner. */
const PATIENCE_MS = 300;
const LONG_MS = 5_000;
const AGAIN_MS = 5_000;

/** What the app answered; until then that it is asked, and with an old answer that it is old. */
export function Loaded<T>({ of, children }: { of: Asked<T>; children: (data: T) => ComponentChildren }) {
  const { data, error, dataUpdatedAt, refetch } = of;
  const asksAgain = mayPass(error);
  useAgain(asksAgain, refetch);
  const failure = error ? <Failure error={error} asksAgain={asksAgain} onRetry={() => void refetch()} /> : null;
  if (data === undefined) return failure ?? <Waiting />;
  return (
    <>
      {failure}
      {failure && (
        <p class="muted">
          What follows is as of <Moment at={new Date(dataUpdatedAt).toISOString()} />.
        </p>
      )}
      {children(data)}
    </>
  );
}

/** Asks again for what may come yet, also where what is there is never looked at anew. */
function useAgain(asks: boolean, refetch: Asked<unknown>['refetch']) {
  useEffect(() => {
    if (!asks) return undefined;
    const timer = setInterval(() => void refetch({ cancelRefetch: false }), AGAIN_MS);
    return () => clearInterval(timer);
  }, [asks, refetch]);
}

function Waiting() {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const timers = [PATIENCE_MS, LONG_MS].map((ms) => setTimeout(() => setPassed(ms), ms));
    return () => timers.forEach(clearTimeout);
  }, []);
  if (passed === 0) return null;
  return (
    <p class="muted waiting" role="status">
      {passed < LONG_MS ? 'Asking the app…' : 'The app takes its time; it may be starting…'}
    </p>
  );
}
