import { useQuery } from '@tanstack/preact-query';
import { isLive, MOST_ROWS, quarantineQuery, runDocumentQuery, type Checks, type Run } from '../api/queries.ts';
import { formatBytes, formatCount } from '../format/number.ts';
import { Chip } from '../parts/chip.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Table } from '../parts/table.tsx';
import { FileList } from './file-list.tsx';
import { Rows } from './rows.tsx';

/** The files of a run's batch, what its checks found, and the rows that were set aside. */
export function RunData({ run }: { run: Run }) {
  const live = isLive(run);
  const batch = useQuery(runDocumentQuery(run.runId, 'batch', live));
  const checks = useQuery(runDocumentQuery(run.runId, 'checks', live));
  const quarantine = useQuery(quarantineQuery(run.runId, live));
  return (
    <>
      <div class="card">
        <h2>Files</h2>
        <Loaded of={batch}>
          {(found) =>
            found ? <FileList files={found.files} /> : <p class="muted empty">The batch is not written yet.</p>
          }
        </Loaded>
      </div>
      <div class="card">
        <h2>Data checks</h2>
        <Loaded of={checks}>{(found) => <CheckList checks={found} />}</Loaded>
      </div>
      <div class="card">
        <h2>Rows set aside</h2>
        <Loaded of={quarantine}>
          {({ path, rows, files }) => (
            <>
              {rows.length > 0 && (
                <p class="muted">
                  {rows.length < MOST_ROWS ? formatCount(rows.length, 'row') : `The first ${MOST_ROWS} rows`}; all are
                  in <code>{path}</code> ({formatBytes(files.reduce((sum, { size }) => sum + size, 0))}).
                </p>
              )}
              <Rows rows={rows} caption="Rows set aside" empty="No row was set aside." />
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}

function CheckList({ checks }: { checks: Checks | null }) {
  if (!checks) return <p class="muted empty">No check was made.</p>;
  const rows = checks.checks.map(({ check, failed, onFailure, samples }) => ({
    key: check,
    cells: [
      <code>{check}</code>,
      <Chip status={failed > 0 ? 'Failed' : 'Succeeded'} words={failed > 0 ? 'Fails' : 'Holds'} />,
      failed.toLocaleString('en'),
      REACTIONS[onFailure],
      samples && samples.length > 0 ? <code>{JSON.stringify(samples[0])}</code> : <span class="muted">–</span>,
    ],
  }));
  return (
    <>
      <p class="muted">Over {formatCount(checks.rows, 'row')}.</p>
      <Table
        stacks
        caption="Data checks"
        columns={['check', 'outcome', '#rows against it', 'what then happens', '-for example']}
        rows={rows}
        empty="The pipeline declares no checks."
      />
    </>
  );
}

const REACTIONS: Record<Checks['checks'][number]['onFailure'], string> = {
  quarantineRows: 'the rows are set aside',
  quarantineBatch: 'the batch is set aside',
  review: 'a person decides',
};
