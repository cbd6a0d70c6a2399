import { useQuery } from '@tanstack/preact-query';
import { pipelineQuery } from '../api/queries.ts';
import { Chip } from '../parts/chip.tsx';
import { Link } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Title } from '../parts/title.tsx';
import { LastRuns } from './last-runs.tsx';
import { PipelineDetails, statusOf } from './pipeline-details.tsx';

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
            <LastRuns
              title="Runs"
              pipeline={name}
              empty={`${name} has not run yet: drop a file into its landing folder.`}
            />
          </>
        )}
      </Loaded>
    </>
  );
}
