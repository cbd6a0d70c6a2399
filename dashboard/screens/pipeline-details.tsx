import type { Pipeline } from '../api/queries.ts';
import { Facts } from '../parts/facts.tsx';
import { Link, RunLink, VersionLink } from '../parts/link.tsx';
import { Ago } from '../parts/moment.tsx';
import { Sources } from './sources.tsx';
import { StartRun } from './start-run.tsx';

/** How a pipeline stands, in a word. */
export const statusOf = ({ error, enabled }: Pipeline): string => (error ? 'Broken' : enabled ? 'Enabled' : 'Disabled');

/** What serves, what goes on, where files go and come from, and what can be done; `heading` is of its parts. */
export function PipelineDetails({ pipeline, heading }: { pipeline: Pipeline; heading: 'h2' | 'h3' }) {
  const { name, description, landing, champion, activeRun, error, schedule, sources = [] } = pipeline;
  return (
    <>
      {description && <p>{description}</p>}
      {error && <pre class="finding">{error}</pre>}
      <Facts
        of={[
          ['Serves', champion ? <VersionLink pipeline={name} version={champion} /> : 'nothing yet'],
          ['Active run', activeRun && <RunLink runId={activeRun} />],
          ['Next run', schedule && <Scheduled schedule={schedule} />],
          ['Files go to', landing && <code>{landing}</code>],
        ]}
      />
      {sources.length > 0 && <Sources pipeline={name} sources={sources} heading={heading} />}
      {!error && (
        <div class="actions">
          <Link to={['runs']} query={{ pipeline: name }}>
            Runs
          </Link>
          <Link to={['models', name]}>Models</Link>
          <Link to={['arrivals']} query={{ pipeline: name }}>
            Arrivals
          </Link>
          <Link to={['try']} query={{ pipeline: name }}>
            Try it
          </Link>
          <Link to={['backfills', name]}>Backfills</Link>
          <StartRun pipeline={name} />
        </div>
      )}
    </>
  );
}

function Scheduled({ schedule: { cron, timeZone, prefix, nextAt } }: { schedule: NonNullable<Pipeline['schedule']> }) {
  return (
    <>
      {nextAt ? <Ago at={nextAt} /> : 'not due'}{' '}
      <span class="muted">
        (<code>{cron}</code> {timeZone}
        {prefix && (
          <>
            , over <code>{prefix}</code>
          </>
        )}
        )
      </span>
    </>
  );
}
