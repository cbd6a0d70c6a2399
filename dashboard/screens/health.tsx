import { useQuery } from '@tanstack/preact-query';
import { healthQuery, type Health } from '../api/queries.ts';
import { Chip } from '../parts/chip.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { Title } from '../parts/title.tsx';
import './health.css';

/** Every part that the app depends on, the ill ones first, with what cures them. */
export function HealthScreen() {
  const health = useQuery(healthQuery());
  return (
    <>
      <Title text="Health" after={health.data && <Chip status={health.data.status} />} />
      <Loaded of={health}>
        {({ parts }) => (
          <ul class="parts">
            {parts
              .toSorted((a, b) => Number(isWell(a)) - Number(isWell(b)))
              .map((part) => (
                <li key={part.name} class="card">
                  <div class="title">
                    <h2>{part.name}</h2>
                    <Chip status={part.status} />
                  </div>
                  <p class="said">{part.detail}</p>
                  {part.cure && <p class="hint said">{part.cure}</p>}
                </li>
              ))}
          </ul>
        )}
      </Loaded>
    </>
  );
}

const isWell = ({ status }: Health['parts'][number]): boolean => status === 'Healthy';
