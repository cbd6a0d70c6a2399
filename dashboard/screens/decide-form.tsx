import { useState } from 'preact/hooks';
import { answered, api } from '../api/client.ts';
import type { Review } from '../api/queries.ts';
import { Failure } from '../parts/failure.tsx';
import { Ago } from '../parts/moment.tsx';
import { useTask } from '../parts/task.tsx';

type Decision = 'approved' | 'rejected';

/** Who decides is remembered as long as the tab. */
const NAME = 'landfall.name';
const COMMENT_LIMIT = 2_000;
const NAME_LIMIT = 200;

/** Approves or rejects a doubtful model. */
export function DecideForm({ runId, review }: { runId: string; review: Review }) {
  const [comment, setComment] = useState('');
  const [by, setBy] = useState(() => sessionStorage.getItem(NAME) ?? '');
  const approve = useDecision(runId, 'approved', comment, by);
  const reject = useDecision(runId, 'rejected', comment, by);
  const busy = approve.busy || reject.busy;
  const error = approve.error ?? reject.error;
  return (
    <form class="card decide" aria-labelledby="decide" onSubmit={(event) => event.preventDefault()}>
      <h2 id="decide">Your decision</h2>
      <p>
        Approve, and this model is built and rolled out; reject, and the champion keeps serving. Without a word it is{' '}
        {review.onDeadline === 'reject' ? 'rejected' : 'approved'} <Ago at={review.deadlineAt} />.
      </p>
      <label class="field">
        Comment
        <textarea
          rows={3}
          maxLength={COMMENT_LIMIT}
          value={comment}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        Your name, where no sign-in tells it
        <input
          type="text"
          autoComplete="name"
          maxLength={NAME_LIMIT}
          value={by}
          onInput={(event) => setBy(event.currentTarget.value)}
        />
      </label>
      {error ? <Failure error={error} /> : null}
      <div class="actions">
        <button type="button" class="primary" disabled={busy} onClick={approve.run}>
          Approve
        </button>
        <button type="button" class="danger" disabled={busy} onClick={reject.run}>
          Reject
        </button>
      </div>
    </form>
  );
}

function useDecision(runId: string, decision: Decision, comment: string, by: string) {
  const ask = () => {
    sessionStorage.setItem(NAME, by.trim());
    const body = {
      decision,
      ...(comment.trim() && { comment: comment.trim() }),
      ...(by.trim() && { by: by.trim() }),
    };
    return answered(api.POST('/runs/{runId}/review', { params: { path: { runId } }, body }));
  };
  return useTask(ask, () => (decision === 'approved' ? 'The model is approved.' : 'The model is rejected.'));
}
