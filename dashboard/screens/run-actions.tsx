import { useState } from 'preact/hooks';
import { answered, api } from '../api/client.ts';
import { isLive, type Run } from '../api/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { useTask } from '../parts/task.tsx';
import { RerunDialog } from './rerun-dialog.tsx';

/** What can be done with a run: stop it while it goes, repeat it once it is over. */
export function RunActions({ run }: { run: Run }) {
  const [asks, setAsks] = useState<'cancel' | 'rerun'>();
  const close = () => setAsks(undefined);
  const live = isLive(run);
  return (
    <div class="actions">
      {live ? (
        <button type="button" onClick={() => setAsks('cancel')}>
          Cancel the run…
        </button>
      ) : (
        <button type="button" onClick={() => setAsks('rerun')}>
          Run it again…
        </button>
      )}
      {asks === 'cancel' && live && <CancelDialog runId={run.runId} onClose={close} />}
      {asks === 'rerun' && <RerunDialog run={run} onClose={close} />}
    </div>
  );
}

function CancelDialog({ runId, onClose }: { runId: string; onClose: () => void }) {
  const cancel = useTask(
    () => answered(api.POST('/runs/{runId}/cancel', { params: { path: { runId } } })),
    () => 'The run is asked to stop.',
  );
  return (
    <Dialog
      title="Cancel this run?"
      action="Cancel the run"
      danger
      busy={cancel.busy || cancel.done !== undefined}
      onConfirm={cancel.run}
      onClose={onClose}
    >
      <p>Its jobs are deleted from the clusters, and the model that serves now goes on serving.</p>
      {cancel.done && <p role="status">{cancel.done} It takes a moment.</p>}
      {cancel.error ? <Failure error={cancel.error} /> : null}
    </Dialog>
  );
}
