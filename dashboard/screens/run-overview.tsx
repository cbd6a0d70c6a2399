import { isLive, type Run } from '../api/queries.ts';
import { between, formatDuration } from '../format/duration.ts';
import { formatNumber } from '../format/number.ts';
import { timesWithin } from '../format/times-within.ts';
import { Callout } from '../parts/callout.tsx';
import { Facts } from '../parts/facts.tsx';
import { Link, VersionLink } from '../parts/link.tsx';
import { Ago, Moment } from '../parts/moment.tsx';
import { lookOf } from '../parts/status.ts';
import { useNow } from '../parts/use-now.ts';
import { Timeline } from '../plots/timeline.tsx';
import { GateCard } from './gate.tsx';

/** What a run does now, its stages, and what came of it. */
export function RunOverview({ run }: { run: Run }) {
  const live = isLive(run);
  const now = useNow(live);
  const { runId, pipeline, batchId, modelVersion, metrics = {}, gate, startedAt, finishedAt } = run;
  return (
    <>
      <Now run={run} />
      <RunErrorCard run={run} />
      <div class="card">
        <h2>Stages</h2>
        {run.stages.length > 0 ? <Timeline run={run} live={live} /> : <p class="muted">It has not begun yet.</p>}
      </div>
      <div class="cards">
        <div class="card">
          <h2>Facts</h2>
          <Facts
            of={[
              ['Pipeline', <Link to={['pipelines', pipeline]}>{pipeline}</Link>],
              ['Batch', <span class="mono">{batchId}</span>],
              ['Started', <Moment at={startedAt} />],
              ['Finished', finishedAt && <Moment at={finishedAt} />],
              ['Took', formatDuration(between(startedAt, finishedAt, now))],
              ['Model', modelVersion && <VersionLink pipeline={pipeline} version={modelVersion} />],
              ...Object.entries(metrics).map(([name, value]): [string, string] => [name, formatNumber(value)]),
            ]}
          />
        </div>
        {gate && <GateCard gate={gate} more={<Link to={['runs', runId, 'review']}>See the evidence</Link>} />}
      </div>
    </>
  );
}

function Now({ run }: { run: Run }) {
  if (!isLive(run)) return null;
  if (run.review?.status === 'Waiting') {
    return (
      <Callout
        tone="wait"
        icon="person"
        title="A person has to decide"
        action={
          <Link to={['runs', run.runId, 'review']} class="button primary">
            Review it
          </Link>
        }
      >
        <p>
          Its model is doubtful. Without a word it is {run.review.onDeadline === 'reject' ? 'rejected' : 'approved'}{' '}
          <Ago at={run.review.deadlineAt} />.
        </p>
      </Callout>
    );
  }
  return (
    <Callout tone="live" icon="ring" title={run.stage ?? 'Waits for its turn'}>
      <p>{timesWithin(run.waitingFor ?? 'at work')}</p>
    </Callout>
  );
}

function RunErrorCard({ run: { error, runId, status } }: { run: Run }) {
  if (!error) return null;
  const { stage, reason, message, hint } = error;
  const log = (stage === 'process' || stage === 'train') && (
    <Link to={['runs', runId, 'logs']} query={{ stage }} class="button">
      Its log
    </Link>
  );
  return (
    <Callout tone={lookOf(status).tone} icon="warning" title={`${stage}: ${reason}`} action={log}>
      <p class="said">{message}</p>
      {hint && <p class="hint">{hint}</p>}
    </Callout>
  );
}
