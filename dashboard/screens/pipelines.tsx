import { useQuery } from '@tanstack/preact-query';
import { pipelinesQuery, type Pipeline } from '../api/queries.ts';
import { Chip } from '../parts/chip.tsx';
import { Facts } from '../parts/facts.tsx';
import { Link, RunLink, VersionLink } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Ago } from '../parts/moment.tsx';
import { Title } from '../parts/title.tsx';
import { Sources } from './sources.tsx';
import { StartRun } from './start-run.tsx';

/** What the app runs: each pipeline with what serves, what goes on and where its files go. */
export function Pipelines() {
  const pipelines = useQuery(pipelinesQuery());
  return (
    <>
      <Title text="Pipelines" />
      <Loaded of={pipelines}>
        {({ value }) =>
          value.length === 0 ? (
            <p class="muted empty">There is no pipeline yet: docs/adding-a-pipeline.md shows how to make one.</p>
          ) : (
            <div class="cards">
              {value.map((pipeline) => (
                <PipelineCard key={pipeline.name} pipeline={pipeline} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function PipelineCard({ pipeline }: { pipeline: Pipeline }) {
  const { name, description, enabled, landing, champion, activeRun, error, schedule, sources = [] } = pipeline;
  const status = error ? 'Broken' : enabled ? 'Enabled' : 'Disabled';
  return (
    <article class="card" aria-labelledby={`pipeline-${name}`}>
      <div class="title">
        <h2 id={`pipeline-${name}`}>{name}</h2>
        <Chip status={status} />
      </div>
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
      {sources.length > 0 && <Sources pipeline={name} sources={sources} />}
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
    </article>
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
