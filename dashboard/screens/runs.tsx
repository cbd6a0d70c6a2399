import { useQuery } from '@tanstack/preact-query';
import { isLive, runsQuery, type RunStatus } from '../api/queries.ts';
import { Loaded } from '../parts/loaded.tsx';
import { Pager, usePages } from '../parts/pager.tsx';
import { PipelinePicker } from '../parts/pipeline-picker.tsx';
import { Title } from '../parts/title.tsx';
import { replaceQuery } from '../routes/use-place.ts';
import { RunTable } from './run-table.tsx';

const STATUSES: Record<RunStatus, true> = {
  Pending: true,
  Running: true,
  Succeeded: true,
  Failed: true,
  Cancelled: true,
  Quarantined: true,
  Rejected: true,
  Expired: true,
  Superseded: true,
};
const isStatus = (text: string): text is RunStatus => Object.hasOwn(STATUSES, text);

/** Runs, newest first, by pipeline and status. */
export function Runs({ query }: { query: Record<string, string> }) {
  const { pipeline = '', status = '' } = query;
  const pages = usePages(`${pipeline} ${status}`);
  const runs = useQuery(
    runsQuery({
      ...(pipeline && { pipeline }),
      ...(isStatus(status) && { status }),
      ...(pages.continuation !== undefined && { continuation: pages.continuation }),
    }),
  );
  const filter = (change: { pipeline?: string; status?: string }) =>
    replaceQuery(['runs'], { pipeline, status, ...change });
  return (
    <>
      <Title text="Runs" />
      <form class="filters" aria-label="Which runs are listed" onSubmit={(event) => event.preventDefault()}>
        <PipelinePicker value={pipeline} all="All pipelines" onChange={(value) => filter({ pipeline: value })} />
        <label class="field">
          Status
          <select value={status} onChange={(event) => filter({ status: event.currentTarget.value })}>
            <option value="">Any status</option>
            {Object.keys(STATUSES).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </form>
      <Loaded of={runs}>
        {({ value, continuation }) => (
          <div class={runs.isPlaceholderData ? 'page changing' : 'page'} aria-busy={runs.isPlaceholderData}>
            <RunTable
              runs={value}
              caption="Runs, newest first"
              empty={emptyWords(pipeline, status)}
              live={value.some(isLive)}
            />
            <Pager pages={pages} next={continuation} what="runs" />
          </div>
        )}
      </Loaded>
    </>
  );
}

function emptyWords(pipeline: string, status: string): string {
  if (status) return `No run ${pipeline ? `of ${pipeline} ` : ''}is ${status.toLowerCase()}.`;
  return 'There is no run yet: drop a file into the landing zone and one starts by itself.';
}
