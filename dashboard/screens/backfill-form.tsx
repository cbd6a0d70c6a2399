import { useState } from 'preact/hooks';
import { answered, api } from '../api/client.ts';
import type { components } from '../../docs/api/openapi.ts';
import { formatBytes } from '../format/number.ts';
import { formatSpan } from '../format/span.ts';
import { Failure } from '../parts/failure.tsx';
import { Table } from '../parts/table.tsx';
import { useTask } from '../parts/task.tsx';
import { useOnceKey } from '../parts/use-once-key.ts';

type Request = components['schemas']['BackfillRequest'];
type Plan = components['schemas']['BackfillPlan'];
type Partition = Backfill['partition'];
type Backfill = components['schemas']['Backfill'];

const PARTITIONS: Record<Partition, string> = { hour: 'hour', day: 'day', week: 'week', month: 'month' };
const MOST_AT_ONCE = 10;

/** Asks for a stretch of time, shows what would run, and starts that. */
export function BackfillForm({ pipeline }: { pipeline: string }) {
  const [request, setRequest] = useState({ from: '', to: '', partition: 'day' as Partition, parallel: 1 });
  const [plan, setPlan] = useState<Plan>();
  const [started, setStarted] = useState(0);
  // The same span may be gone over once more, after it was started.
  const key = useOnceKey(JSON.stringify({ ...request, started }));
  const change = (part: Partial<typeof request>) => {
    setPlan(undefined);
    setRequest({ ...request, ...part });
  };
  const look = useTask(
    () => post(pipeline, { ...request, dryRun: true, noCache: false }),
    ({ partitions }) => `${partitions.length} parts would run.`,
    setPlan,
  );
  const start = useTask(
    () => post(pipeline, { ...request, dryRun: false, noCache: false }, key),
    () => 'The backfill has started.',
    () => {
      setPlan(undefined);
      setStarted(started + 1);
    },
  );
  return (
    <form
      class="card"
      aria-label="New backfill"
      onSubmit={(event) => {
        event.preventDefault();
        look.run();
      }}
    >
      <h2>New backfill</h2>
      <div class="filters">
        <Day words="From" value={request.from} onChange={(from) => change({ from })} />
        <Day words="To, that day included" value={request.to} onChange={(to) => change({ to })} />
        <label class="field">
          A run for each
          <select
            value={request.partition}
            onChange={(event) => change({ partition: event.currentTarget.value as Partition })}
          >
            {Object.keys(PARTITIONS).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label class="field">
          At once
          <input
            type="number"
            min={1}
            max={MOST_AT_ONCE}
            value={request.parallel}
            onInput={(event) => change({ parallel: event.currentTarget.valueAsNumber })}
          />
        </label>
        <button type="submit" disabled={look.busy}>
          Show what would run
        </button>
      </div>
      {(look.error ?? start.error) ? <Failure error={look.error ?? start.error} /> : null}
      {plan && (
        <>
          <Planned plan={plan} />
          {plan.partitions.length > 0 && (
            <button type="button" class="primary" disabled={start.busy} onClick={start.run}>
              Start it
            </button>
          )}
        </>
      )}
    </form>
  );
}

function Day({ words, value, onChange }: { words: string; value: string; onChange: (day: string) => void }) {
  return (
    <label class="field">
      {words}
      <input type="date" required value={value} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}

function Planned({ plan }: { plan: Plan }) {
  return (
    <Table
      caption="What would run"
      columns={['part', '#files', '#size']}
      rows={plan.partitions.map(({ from, to, files, bytes }) => ({
        key: from,
        cells: [formatSpan(from, to), files.toLocaleString('en'), formatBytes(bytes)],
      }))}
      empty="Nothing would run."
    />
  );
}

function post(pipeline: string, body: Request, key?: string) {
  const params = { path: { pipeline }, ...(key !== undefined && { header: { 'idempotency-key': key } }) };
  return answered(api.POST('/pipelines/{pipeline}/backfill', { params, body }));
}
