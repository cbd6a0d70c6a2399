import { isLive, type Run } from '../api/queries.ts';
import { between, formatDuration } from '../format/duration.ts';
import { timesWithin } from '../format/times-within.ts';
import { Chip } from '../parts/chip.tsx';
import { RunLink, VersionLink } from '../parts/link.tsx';
import { Ago } from '../parts/moment.tsx';
import { Table } from '../parts/table.tsx';
import { useNow } from '../parts/use-now.ts';

const COLUMNS = ['run', 'status', 'where it is', '-model', 'started', '#took'];

interface Props {
  runs: Run[];
  caption: string;
  empty: string;
  /** Some of them go on, so that their times grow. */
  live: boolean;
}

/** Runs as a table. */
export function RunTable({ runs, empty, live, caption }: Props) {
  const now = useNow(live);
  const rows = runs.map((run) => ({ key: run.runId, cells: cellsOf(run, now) }));
  return <Table stacks caption={caption} columns={COLUMNS} rows={rows} empty={empty} />;
}

function cellsOf(run: Run, now: number) {
  const { runId, pipeline, status, modelVersion, startedAt, finishedAt } = run;
  return [
    <RunLink runId={runId} />,
    <RunChip run={run} />,
    whereItIs(run),
    modelVersion ? <VersionLink pipeline={pipeline} version={modelVersion} /> : <span class="muted">–</span>,
    <Ago at={startedAt} />,
    status === 'Pending' ? <span class="muted">–</span> : formatDuration(between(startedAt, finishedAt, now)),
  ];
}

/** The status of a run; one that waits for a person says so. */
export function RunChip({ run }: { run: Run }) {
  if (run.review?.status === 'Waiting' && isLive(run)) return <Chip status="Waiting" words="Waits for review" />;
  return <Chip status={run.status} />;
}

function whereItIs({ status, stage, waitingFor, error }: Run) {
  if (error) return `${error.stage}: ${error.reason}`;
  if (!stage || status === 'Succeeded') return <span class="muted">{stage ? 'through' : '–'}</span>;
  return waitingFor ? `${stage}: ${timesWithin(waitingFor)}` : stage;
}
