import { useQuery } from '@tanstack/preact-query';
import { pipelinesQuery, type Pipeline } from '../api/queries.ts';
import { Chip } from '../parts/chip.tsx';
import { Link } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Title } from '../parts/title.tsx';
import { PipelineDetails, statusOf } from './pipeline-details.tsx';

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
  const { name } = pipeline;
  return (
    <article class="card" aria-labelledby={`pipeline-${name}`}>
      <div class="title">
        <h2 id={`pipeline-${name}`}>
          <Link to={['pipelines', name]}>{name}</Link>
        </h2>
        <Chip status={statusOf(pipeline)} />
      </div>
      <PipelineDetails pipeline={pipeline} heading="h3" />
    </article>
  );
}
