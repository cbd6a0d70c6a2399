import { useQuery } from '@tanstack/preact-query';
import { isLive, pipelineQuery, runsQuery } from '../api/queries.ts';
import { Chip } from '../parts/chip.tsx';
import { Link } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Title } from '../parts/title.tsx';
import { PipelineDetails, statusOf } from './pipeline-details.tsx';
import { RunTable } from './run-table.tsx';

const SHOWN = 10;

/** One pipeline, with its last runs. */
export function PipelineScreen({ name }: { name: string }) {
  const pipeline = useQuery(pipelineQuery(name));
  return (
    <>
      <p class="trail">
        <Link to={[]}>Pipelines</Link>
      </p>
      <Title text={name} after={pipeline.data && <Chip status={statusOf(pipeline.data)} />} />
      <Loaded of={pipeline}>
        {(found) => (
          <>
            <div class="card">
              <PipelineDetails pipeline={found} heading="h2" />
            </div>
            <LastRuns pipeline={name} />
          </>
        )}
      </Loaded>
    </>
  );
}

function LastRuns({ pipeline }: { pipeline: string }) {
  const runs = useQuery(runsQuery({ pipeline, top: SHOWN }));
  return (
    <div class="card">
      <div class="title">
        <h2>Runs</h2>
        <Link to={['runs']} query={{ pipeline }}>
          All of them
        </Link>
      </div>
      <Loaded of={runs}>
        {({ value }) => (
          <RunTable
            runs={value}
            caption={`Runs of ${pipeline}, newest first`}
            empty={`${pipeline} has not run yet: drop a file into its landing folder.`}
            live={value.some(isLive)}
          />
        )}
      </Loaded>
    </div>
  );
}
