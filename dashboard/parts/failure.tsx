import { ApiError } from '../api/problem.ts';
import { Icon } from './icon.tsx';

/** What is said of an error. */
interface Told {
  message: string;
  hint: string | undefined;
  findings: string[];
}

/** An error in words, with what to do, and a way to try again. */
export function Failure({ error, onRetry, what }: { error: unknown; onRetry?: () => void; what?: string }) {
  const { message, hint, findings } = tell(error);
  return (
    <div class="callout tone-bad" role="alert">
      <Icon name="warning" />
      <div class="callout-text">
        {what && <strong>{what}</strong>}
        <p class="said">{message}</p>
        {findings.length > 0 && (
          <ul>
            {findings.map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
          </ul>
        )}
        {hint && <p class="hint">{hint}</p>}
      </div>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

function tell(error: unknown): Told {
  if (!(error instanceof ApiError)) {
    return { message: `The page has made a mistake: ${String(error)}`, hint: 'Reload it.', findings: [] };
  }
  const { problems = [], missing = [] } = error.problem ?? {};
  return { message: error.message, hint: error.hint, findings: [...problems, ...missing] };
}
