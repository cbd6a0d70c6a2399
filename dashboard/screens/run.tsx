import { useQuery } from '@tanstack/preact-query';
import { useEffect, useRef } from 'preact/hooks';
import { isLive, runQuery, type Run } from '../api/queries.ts';
import { useAnnouncement } from '../parts/announcer.tsx';
import { Link } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Title } from '../parts/title.tsx';
import { RunActions } from './run-actions.tsx';
import { RunCluster } from './run-cluster.tsx';
import { RunData } from './run-data.tsx';
import { RunLogs } from './run-logs.tsx';
import { RunOverview } from './run-overview.tsx';
import { RunReview } from './run-review.tsx';
import { RunChip } from './run-table.tsx';

const PANELS = { '': 'Overview', review: 'Review', logs: 'Logs', data: 'Data', cluster: 'Cluster' } as const;
type Panel = keyof typeof PANELS;
const isPanel = (name: string): name is Panel => Object.hasOwn(PANELS, name);

interface Props {
  runId: string;
  panel: string;
  query: Record<string, string>;
}

/** One run: what it does now, and all that it did. */
export function RunScreen({ runId, panel, query }: Props) {
  const run = useQuery(runQuery(runId));
  return (
    <>
      <p class="trail">
        <Link to={['runs']}>Runs</Link>
      </p>
      <Title text={`Run ${runId}`} after={run.data && <Head run={run.data} />}>
        Run <span class="mono">{runId}</span>
      </Title>
      <Loaded of={run}>{(found) => <RunPanels run={found} panel={isPanel(panel) ? panel : ''} query={query} />}</Loaded>
    </>
  );
}

function Head({ run }: { run: Run }) {
  return (
    <>
      <RunChip run={run} />
      <RunActions run={run} />
    </>
  );
}

function RunPanels({ run, panel, query }: { run: Run; panel: Panel; query: Record<string, string> }) {
  const section = useFocusOnChange(panel);
  useAnnouncement(spoken(run));
  const shown = (Object.keys(PANELS) as Panel[]).filter((name) => name !== 'review' || run.gate || run.review);
  return (
    <>
      <nav class="tabs" aria-label="Parts of this run">
        {shown.map((name) => (
          <Link key={name} to={['runs', run.runId, ...(name ? [name] : [])]} current={name === panel}>
            {PANELS[name]}
          </Link>
        ))}
      </nav>
      <section ref={section} tabIndex={-1} aria-label={PANELS[panel]}>
        {panel === '' && <RunOverview run={run} />}
        {panel === 'review' && <RunReview run={run} />}
        {panel === 'logs' && <RunLogs run={run} query={query} />}
        {panel === 'data' && <RunData run={run} />}
        {panel === 'cluster' && <RunCluster run={run} />}
      </section>
    </>
  );
}

/** Moves the focus to what has been chosen, but not when the screen opens. */
function useFocusOnChange(chosen: string) {
  const section = useRef<HTMLElement>(null);
  const before = useRef(chosen);
  useEffect(() => {
    if (before.current !== chosen) section.current?.focus();
    before.current = chosen;
  }, [chosen]);
  return section;
}

/** What a screen reader says when the run has come further; each epoch would be too much. */
function spoken(run: Run): string {
  if (run.review?.status === 'Waiting' && isLive(run)) return 'The run waits for a review.';
  if (!isLive(run)) return `The run is over: ${run.status}.`;
  return `The run is in stage ${run.stage ?? 'none yet'}.`;
}
