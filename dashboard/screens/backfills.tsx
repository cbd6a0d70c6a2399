import { useQuery } from '@tanstack/preact-query';
import { backfillsQuery } from '../api/queries.ts';
import { Link } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Title } from '../parts/title.tsx';
import { BackfillCard } from './backfill-card.tsx';
import { BackfillForm } from './backfill-form.tsx';

/** Runs over a stretch of time, part by part: those that there are, and a new one. */
export function Backfills({ pipeline }: { pipeline: string }) {
  const backfills = useQuery(backfillsQuery(pipeline));
  return (
    <>
      <p class="trail">
        <Link to={['pipelines', pipeline]}>{pipeline}</Link>
      </p>
      <Title text={`Backfills of ${pipeline}`} />
      <BackfillForm pipeline={pipeline} />
      <Loaded of={backfills}>
        {({ value }) =>
          value.length === 0 ? (
            <p class="muted empty">There has been no backfill yet.</p>
          ) : (
            value.map((backfill) => <BackfillCard key={backfill.backfillId} backfill={backfill} />)
          )
        }
      </Loaded>
    </>
  );
}
