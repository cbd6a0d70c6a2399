import { useState } from 'preact/hooks';
import { answered, api } from '../api/client.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { useTask } from '../parts/task.tsx';
import { useOnceKey } from '../parts/use-once-key.ts';
import { go } from '../routes/use-place.ts';

/** Starts a run by hand over all that lies in a pipeline's landing folder. */
export function StartRun({ pipeline }: { pipeline: string }) {
  const [asks, setAsks] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setAsks(true)}>
        Start a run<span class="unseen"> of {pipeline}</span>
      </button>
      {asks && <StartDialog pipeline={pipeline} onClose={() => setAsks(false)} />}
    </>
  );
}

function StartDialog({ pipeline, onClose }: { pipeline: string; onClose: () => void }) {
  const params = { path: { pipeline }, header: { 'idempotency-key': useOnceKey(pipeline) } };
  const start = useTask(
    () => answered(api.POST('/pipelines/{pipeline}/runs', { params, body: {} })),
    ({ runId }) => `Run ${runId} has started.`,
    ({ runId }) => go(['runs', runId]),
  );
  return (
    <Dialog
      title={`Start a run of ${pipeline}`}
      action="Start"
      busy={start.busy}
      onConfirm={start.run}
      onClose={onClose}
    >
      <p>It goes over every file in the landing folder. Dropping a file starts a run over that file by itself.</p>
      {start.error ? <Failure error={start.error} /> : null}
    </Dialog>
  );
}
