import { answered, api } from '../api/client.ts';
import type { Backfill } from '../api/queries.ts';
import { formatBytes, formatCount } from '../format/number.ts';
import { formatSpan } from '../format/span.ts';
import { Chip } from '../parts/chip.tsx';
import { Failure } from '../parts/failure.tsx';
import { RunLink } from '../parts/link.tsx';
import { Moment } from '../parts/moment.tsx';
import { Table } from '../parts/table.tsx';
import { useTask } from '../parts/task.tsx';

/** One backfill: how far it is, the run of each of its parts, and ways to hold it. */
export function BackfillCard({ backfill }: { backfill: Backfill }) {
  const { backfillId, status, from, to, partition, parallel, partitions, startedAt, waitingFor } = backfill;
  const over = partitions.filter((part) => part.status !== 'Pending' && part.status !== 'Running');
  return (
    <article class="card" aria-label={`Backfill ${backfillId}`}>
      <div class="title">
        <h2>{formatSpan(from, to)}</h2>
        <Chip status={status} />
      </div>
      <p class="muted">
        {over.length} of {formatCount(partitions.length, 'part')} over, by {partition}, {parallel} at once, begun{' '}
        <Moment at={startedAt} />.
      </p>
      {waitingFor ? <p>It waits for {waitingFor}.</p> : null}
      <Holds backfill={backfill} />
      <Table
        stacks
        caption={`Parts of ${backfillId}`}
        columns={['part', 'status', 'run', '#files', '#size']}
        rows={partitions.map((part) => ({
          key: part.from,
          cells: [
            formatSpan(part.from, part.to),
            <Chip status={part.status} />,
            part.runId ? <RunLink runId={part.runId} /> : <span class="muted">–</span>,
            part.files.toLocaleString('en'),
            formatBytes(part.bytes),
          ],
        }))}
        empty="It has no parts."
      />
    </article>
  );
}

function Holds({ backfill: { backfillId, status } }: { backfill: Backfill }) {
  const params = { path: { backfillId } };
  const pause = useTask(
    () => answered(api.POST('/backfills/{backfillId}/pause', { params })),
    () => 'The backfill pauses.',
  );
  const resume = useTask(
    () => answered(api.POST('/backfills/{backfillId}/resume', { params })),
    () => 'The backfill goes on.',
  );
  const cancel = useTask(
    () => answered(api.POST('/backfills/{backfillId}/cancel', { params })),
    () => 'The backfill is cancelled.',
  );
  if (status !== 'Running' && status !== 'Paused') return null;
  const error = pause.error ?? resume.error ?? cancel.error;
  return (
    <>
      <div class="actions">
        {status === 'Running' ? (
          <button type="button" disabled={pause.busy} onClick={pause.run}>
            Pause
          </button>
        ) : (
          <button type="button" disabled={resume.busy} onClick={resume.run}>
            Resume
          </button>
        )}
        <button type="button" class="danger" disabled={cancel.busy} onClick={cancel.run}>
          Cancel the backfill
        </button>
      </div>
      {error ? <Failure error={error} /> : null}
    </>
  );
}
