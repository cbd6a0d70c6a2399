import { ApiError } from '../api/problem.ts';
import { Callout } from './callout.tsx';

interface Props {
  error: unknown;
  /** Asks once more, where a person wants that. */
  onRetry?: () => void;
  /** The page asks again by itself. */
  asksAgain?: boolean;
}

/** An error in words, with what to do, and a way to try again. */
export function Failure({ error, onRetry, asksAgain = false }: Props) {
  const { message, hint, findings } = tell(error);
  const hints = [hint, asksAgain && 'This page asks again by itself.'].filter(Boolean);
  return (
    <Callout tone="bad" icon="warning" alert action={<Way error={error} onRetry={onRetry} />}>
      <p class="said">{message}</p>
      {findings.length > 0 && (
        <ul>
          {findings.map((finding) => (
            <li key={finding}>{finding}</li>
          ))}
        </ul>
      )}
      {hints.length > 0 && <p class="hint">{hints.join(' ')}</p>}
    </Callout>
  );
}

function Way({ error, onRetry }: { error: unknown; onRetry: (() => void) | undefined }) {
  // The way to the sign-in is that of the page itself.
  const signedOut = error instanceof ApiError && error.trouble === 'signedOut';
  const act = signedOut ? () => location.reload() : onRetry;
  if (!act) return null;
  return (
    <button type="button" onClick={act}>
      {signedOut ? 'Sign in again' : 'Try again'}
    </button>
  );
}

/** What is said of an error. */
interface Told {
  message: string;
  hint: string | undefined;
  findings: string[];
}

function tell(error: unknown): Told {
  if (!(error instanceof ApiError)) {
    return { message: `The page has made a mistake: ${String(error)}`, hint: 'Reload it.', findings: [] };
  }
  const { problems = [], missing = [] } = error.problem ?? {};
  return { message: error.message, hint: error.hint, findings: [...problems, ...missing] };
}
