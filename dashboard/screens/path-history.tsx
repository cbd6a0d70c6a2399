import { useQuery } from '@tanstack/preact-query';
import { arrivalsQuery } from '../api/queries.ts';
import { formatBytes } from '../format/number.ts';
import { Chip } from '../parts/chip.tsx';
import { RunLink, VersionLink } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Moment } from '../parts/moment.tsx';
import { Table } from '../parts/table.tsx';

const NONE = <span class="muted">–</span>;

/** What became of one file: when it came, and the runs and models that saw it. */
export function PathHistory({ path }: { path: string }) {
  const arrivals = useQuery(arrivalsQuery(path));
  return (
    <div class="card">
      <h2 class="mono">{path}</h2>
      <Loaded of={arrivals}>
        {({ value, runs, continuation }) => (
          <>
            <h3>Arrivals</h3>
            <Table
              stacks
              caption="Arrivals of the file, newest first"
              columns={['arrived', 'batch', '#size', '-eTag']}
              rows={value.map(({ eTag, size, at, runId }) => ({
                key: eTag,
                cells: [
                  <Moment at={at} />,
                  runId ? <RunLink runId={runId} /> : <Chip status="Waiting" words="Waits" />,
                  formatBytes(size),
                  <code>{eTag}</code>,
                ],
              }))}
              empty="No such file has ever arrived."
            />
            <h3>Runs that saw it</h3>
            <Table
              stacks
              caption="Runs that saw the file, newest first"
              columns={['run', 'status', 'model', '-model’s status']}
              rows={runs.map(({ pipeline, runId, status, modelVersion, modelStatus }) => ({
                key: runId,
                cells: [
                  <RunLink runId={runId} />,
                  status ? <Chip status={status} /> : NONE,
                  modelVersion ? <VersionLink pipeline={pipeline} version={modelVersion} /> : NONE,
                  modelStatus ? <Chip status={modelStatus} /> : NONE,
                ],
              }))}
              empty="No run has seen it."
            />
            {continuation !== undefined && <p class="muted">There are older ones too: GET /api/arrivals has them.</p>}
          </>
        )}
      </Loaded>
    </div>
  );
}
