import { useQuery } from '@tanstack/preact-query';
import { isLive, runsQuery } from '../api/queries.ts';
import { Link } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { RunTable } from './run-table.tsx';

const SHOWN = 10;

interface LastRunsProps {
  title: string;
  pipeline: string;
  status?: 'Quarantined';
  empty: string;
}

/** A pipeline's newest runs, or those of a status, and the way to all of them. */
export function LastRuns({ title, pipeline, status, empty }: LastRunsProps) {
  const runs = useQuery(runsQuery({ pipeline, top: SHOWN, ...(status && { status }) }));
  return (
    <div class="card">
      <div class="title">
        <h2>{title}</h2>
        <Link to={['runs']} query={{ pipeline, status }}>
          All of them
        </Link>
      </div>
      <Loaded of={runs}>
        {({ value }) => (
          <RunTable
            runs={value}
            empty={empty}
            live={value.some(isLive)}
            caption={`${title} of ${pipeline}, newest first`}
          />
        )}
      </Loaded>
    </div>
  );
}
