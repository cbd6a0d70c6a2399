import { useState } from 'preact/hooks';
import { answered, api } from '../api/client.ts';
import type { components } from '../../docs/api/openapi.ts';
import type { Run } from '../api/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { useTask } from '../parts/task.tsx';
import { useOnceKey } from '../parts/use-once-key.ts';
import { go } from '../routes/use-place.ts';

type FirstStage = NonNullable<components['schemas']['RerunRequest']['fromStage']>;

/** Where a run may begin again, and what that takes over. */
const FROM: Record<FirstStage, string> = {
  process: 'process: everything anew, over the same files',
  train: 'train: with the processed data of this run',
  validate: 'validate: with its model, judged again',
};

/** Asks from which stage on a run is repeated. */
export function RerunDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const { runId, error } = run;
  const failed = error && Object.hasOwn(FROM, error.stage) ? (error.stage as FirstStage) : undefined;
  const [fromStage, setFromStage] = useState<FirstStage>(failed ?? 'process');
  const [noCache, setNoCache] = useState(false);
  const key = useOnceKey(`${fromStage} ${noCache}`);
  const params = { path: { runId }, header: { 'idempotency-key': key } };
  const rerun = useTask(
    () => answered(api.POST('/runs/{runId}/rerun', { params, body: { fromStage, noCache } })),
    ({ runId: started }) => `Run ${started} has started.`,
    ({ runId: started }) => go(['runs', started]),
  );
  return (
    <Dialog title="Run it again" action="Start" busy={rerun.busy} onConfirm={rerun.run} onClose={onClose}>
      <p>A new run over the same files, with today’s code and settings.</p>
      <label class="field">
        From stage
        <select value={fromStage} onChange={(event) => setFromStage(event.currentTarget.value as FirstStage)}>
          {Object.entries(FROM).map(([stage, words]) => (
            <option key={stage} value={stage}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input type="checkbox" checked={noCache} onChange={(event) => setNoCache(event.currentTarget.checked)} />
        Do it again even where another run has done the same
      </label>
      {rerun.error ? <Failure error={rerun.error} /> : null}
    </Dialog>
  );
}
