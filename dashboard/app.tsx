import { useCallback, useState } from 'preact/hooks';
import { keyRing } from './api/client.ts';
import { GateKeeper } from './gate-keeper.tsx';
import { Announce } from './parts/announcer.tsx';
import { Link } from './parts/link.tsx';
import { Title } from './parts/title.tsx';
import type { Place } from './routes/hash.ts';
import { usePlace } from './routes/use-place.ts';
import { Arrivals } from './screens/arrivals.tsx';
import { Backfills } from './screens/backfills.tsx';
import { HealthScreen } from './screens/health.tsx';
import { ModelScreen } from './screens/model.tsx';
import { Models } from './screens/models.tsx';
import { PipelineScreen } from './screens/pipeline.tsx';
import { Pipelines } from './screens/pipelines.tsx';
import { RunScreen } from './screens/run.tsx';
import { Runs } from './screens/runs.tsx';
import { TryIt } from './screens/try-it.tsx';

const PLACES = [
  ['Pipelines', [], 'pipelines', 'backfills'],
  ['Runs', ['runs']],
  ['Models', ['models']],
  ['Arrivals', ['arrivals']],
  ['Try it', ['try']],
  ['Health', ['health']],
] as const;

/** The page: a head with the ways to its places, and the place itself. */
export function App() {
  const place = usePlace();
  const [said, setSaid] = useState('');
  const announce = useCallback((text: string) => setSaid(text), []);
  return (
    <Announce.Provider value={announce}>
      <GateKeeper>
        <Head place={place} />
        {/* The key makes a new place of a new address, so that nothing of the old one stays. */}
        <main
          id="main"
          tabIndex={-1}
          key={place.segments.slice(0, 2).join('/') + (place.segments[0] === 'models' ? place.segments[2] : '')}
        >
          <Screen place={place} />
        </main>
      </GateKeeper>
      <div class="unseen" role="status" aria-live="polite">
        {said}
      </div>
    </Announce.Provider>
  );
}

function Head({ place: { segments } }: { place: Place }) {
  const skip = (event: Event) => {
    event.preventDefault();
    document.getElementById('main')?.focus();
  };
  return (
    <header>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <div class="head">
        <Link to={[]} class="brand">
          Landfall
        </Link>
        <nav aria-label="Places">
          {PLACES.map(([name, path, ...below]) => (
            <Link key={name} to={[...path]} current={isWithin(segments[0], [path[0], ...below])}>
              {name}
            </Link>
          ))}
        </nav>
        {keyRing.current().key !== undefined && (
          <button type="button" class="quiet" onClick={keyRing.forget}>
            Forget the key
          </button>
        )}
      </div>
    </header>
  );
}

const isWithin = (name: string | undefined, names: (string | undefined)[]): boolean => names.includes(name);

function Screen({ place: { segments, query } }: { place: Place }) {
  const [name, first, second] = segments;
  if (name === undefined) return <Pipelines />;
  if (name === 'pipelines') return first === undefined ? <Pipelines /> : <PipelineScreen name={first} />;
  if (name === 'runs') {
    return first === undefined ? (
      <Runs query={query} />
    ) : (
      <RunScreen runId={first} panel={second ?? ''} query={query} />
    );
  }
  if (name === 'models') {
    return first !== undefined && second !== undefined ? (
      <ModelScreen pipeline={first} version={second} />
    ) : (
      <Models named={first} />
    );
  }
  if (name === 'backfills' && first !== undefined) return <Backfills pipeline={first} />;
  if (name === 'arrivals') return <Arrivals query={query} />;
  if (name === 'try') return <TryIt query={query} />;
  if (name === 'health') return <HealthScreen />;
  return (
    <>
      <Title text="No such place" />
      <p>
        There is nothing at <code>{segments.join('/')}</code>. <Link to={[]}>The pipelines</Link> are a good start.
      </p>
    </>
  );
}
