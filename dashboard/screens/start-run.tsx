import { useState } from 'preact/hooks';
import { answered, api } from '../api/client.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { useTask } from '../parts/task.tsx';
import { go } from '../routes/use-place.ts';

/** Starts a run by hand over all that lies in a pipeline's landing folder. */
export function StartRun({ pipeline }: { pipeline: string }) {
  const [asks, setAsks] = useState(false);
  const start = useTask(
    () => answered(api.POST('/pipelines/{pipeline}/runs', { params: { path: { pipeline } }, body: {} })),
    ({ runId }) => `Run ${runId} has started.`,
    ({ runId }) => go(['runs', runId]),
  );
  const close = () => {
    start.clear();
    setAsks(false);
  };
  return (
    <>
      <button type="button" onClick={() => setAsks(true)}>
        Start a run<span class="unseen"> of {pipeline}</span>
      </button>
      {asks && (
        <Dialog
          title={`Start a run of ${pipeline}`}
          action="Start"
          busy={start.busy}
          onConfirm={start.run}
          onClose={close}
        >
          <p>It goes over every file in the landing folder. Dropping a file starts a run over that file by itself.</p>
          {start.error ? <Failure error={start.error} /> : null}
        </Dialog>
      )}
    </>
  );
}
