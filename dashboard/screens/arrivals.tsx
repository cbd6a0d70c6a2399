import { useQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { waitingQuery } from '../api/queries.ts';
import { formatBytes } from '../format/number.ts';
import { Chip } from '../parts/chip.tsx';
import { Link } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Ago } from '../parts/moment.tsx';
import { PipelinePicker, usePipeline } from '../parts/pipeline-picker.tsx';
import { Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { replaceQuery } from '../routes/use-place.ts';
import { LastRuns } from './last-runs.tsx';
import { PathHistory } from './path-history.tsx';

/** What came in: files that wait, batches that were made of them, batches that were set aside, and one file's way. */
export function Arrivals({ query }: { query: Record<string, string> }) {
  const pipeline = usePipeline(query.pipeline);
  const { path = '' } = query;
  return (
    <>
      <Title text="Arrivals" />
      <PathForm path={path} onLook={(looked) => replaceQuery(['arrivals'], { ...query, path: looked })} />
      {path && <PathHistory path={path} />}
      <form class="filters" aria-label="Whose arrivals are listed" onSubmit={(event) => event.preventDefault()}>
        <PipelinePicker
          value={pipeline ?? ''}
          onChange={(name) => replaceQuery(['arrivals'], { ...query, pipeline: name })}
        />
      </form>
      {pipeline && <Waiting pipeline={pipeline} />}
      {pipeline && (
        <LastRuns title="Batches" pipeline={pipeline} empty={`No batch of ${pipeline} has been made yet.`} />
      )}
      {pipeline && (
        <LastRuns title="Quarantine" pipeline={pipeline} status="Quarantined" empty="No batch has been set aside." />
      )}
    </>
  );
}

function PathForm({ path, onLook }: { path: string; onLook: (path: string) => void }) {
  const [text, setText] = useState(path);
  return (
    <form
      class="filters"
      role="search"
      aria-label="What became of a file"
      onSubmit={(event) => {
        event.preventDefault();
        onLook(text.trim());
      }}
    >
      <label class="field grow">
        What became of a file? Its path in the lake
        <input
          type="search"
          value={text}
          placeholder="landing/…"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Look it up</button>
    </form>
  );
}

function Waiting({ pipeline }: { pipeline: string }) {
  const waiting = useQuery(waitingQuery(pipeline));
  return (
    <div class="card">
      <h2>Waiting for a batch</h2>
      <Loaded of={waiting}>
        {({ value }) => (
          <Table
            caption="Files that wait for a batch"
            columns={['file', '#size', 'arrived']}
            rows={value.map(({ path, eTag, size, at, marker }) => ({
              key: `${path} ${eTag}`,
              cells: [
                <>
                  <Link to={['arrivals']} query={{ pipeline, path }} class="mono path">
                    {path}
                  </Link>
                  {marker && <Chip status="Changed" words="Marker" />}
                </>,
                formatBytes(size),
                <Ago at={at} />,
              ],
            }))}
            empty="No file waits."
          />
        )}
      </Loaded>
    </div>
  );
}
