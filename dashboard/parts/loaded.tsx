import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Failure } from './failure.tsx';
import { Moment } from './moment.tsx';

/** A question to the app, as far as it is shown. */
interface Asked<T> {
  data: T | undefined;
  error: unknown;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

/** Before this nothing is said: most answers come sooner. */
const PATIENCE_MS = 300;
const LONG_MS = 5_000;

/** What the app answered; until then that it is asked, and with an old answer that it is old. */
export function Loaded<T>({ of, children }: { of: Asked<T>; children: (data: T) => ComponentChildren }) {
  const { data, error, dataUpdatedAt, refetch } = of;
  const retry = () => void refetch();
  if (data === undefined) return error ? <Failure error={error} onRetry={retry} /> : <Waiting />;
  return (
    <>
      {error ? <Stale error={error} since={dataUpdatedAt} onRetry={retry} /> : null}
      {children(data)}
    </>
  );
}

function Stale({ error, since, onRetry }: { error: unknown; since: number; onRetry: () => void }) {
  return (
    <>
      <Failure error={error} onRetry={onRetry} />
      <p class="muted">
        What follows is as of <Moment at={new Date(since).toISOString()} />.
      </p>
    </>
  );
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
