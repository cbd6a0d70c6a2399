import { useQuery } from '@tanstack/preact-query';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isLive, logQuery, type LogStage, type Run } from '../api/queries.ts';
import { formatCount } from '../format/number.ts';
import { RunLink } from '../parts/link.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { replaceQuery } from '../routes/use-place.ts';
import './run-logs.css';

const LOGGED: Record<LogStage, true> = { process: true, train: true };
/** The API gives no more of a pod: there are earlier ones then. */
const MOST_LINES = 2_000;
const isLogged = (name: string): name is LogStage => Object.hasOwn(LOGGED, name);

/** The last lines of what the jobs of a run say, as they say it. */
export function RunLogs({ run, query }: { run: Run; query: Record<string, string> }) {
  const stages = run.stages.filter(({ name, startedAt }) => isLogged(name) && startedAt);
  const begun = stages.map(({ name }) => name).filter(isLogged);
  const named = query.stage ?? '';
  const stage = isLogged(named) ? named : begun.at(-1);
  const attempt = Number(query.attempt) || undefined;
  const [follow, setFollow] = useState(true);
  if (!stage) return <p class="muted empty">No job of the run has begun, so that there is no log yet.</p>;
  const source = stages.find(({ name }) => name === stage)?.reusedFrom;
  const choose = (change: Record<string, string | undefined>) =>
    replaceQuery(['runs', run.runId, 'logs'], { stage, ...change });
  return (
    <div class="card">
      <h2>Log of {stage}</h2>
      <div class="filters">
        <label class="field">
          Stage
          <select value={stage} onChange={(event) => choose({ stage: event.currentTarget.value })}>
            {[...new Set([...begun, stage])].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <AttemptPicker runId={run.runId} stage={stage} attempt={attempt} onChange={(one) => choose({ attempt: one })} />
        <label class="check">
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.currentTarget.checked)} />
          Follow
        </label>
      </div>
      {source && (
        <p>
          This stage was taken over: its log is that of <RunLink runId={source} />.
        </p>
      )}
      <Lines run={run} stage={stage} attempt={attempt} follow={follow} onFollow={setFollow} />
    </div>
  );
}

interface PickerProps {
  runId: string;
  stage: LogStage;
  attempt: number | undefined;
  onChange: (attempt: string) => void;
}

function AttemptPicker({ runId, stage, attempt, onChange }: PickerProps) {
  const { data } = useQuery({ ...logQuery(runId, stage, attempt, false) });
  if (!data || data.attempts.length < 2) return null;
  return (
    <label class="field">
      Attempt
      <select value={String(data.attempt)} onChange={(event) => onChange(event.currentTarget.value)}>
        {data.attempts.map((one: number) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}

interface LinesProps {
  run: Run;
  stage: LogStage;
  attempt: number | undefined;
  follow: boolean;
  onFollow: (follow: boolean) => void;
}

function Lines({ run, stage, attempt, follow, onFollow }: LinesProps) {
  const log = useQuery(logQuery(run.runId, stage, attempt, follow && isLive(run)));
  return (
    <Loaded of={log}>
      {(found) => {
        if (!found) return <p class="muted empty">There is no log of this stage{isLive(run) ? ' yet' : ''}.</p>;
        if (found.pods.length === 0) return <p class="muted empty">Its pods have said nothing yet.</p>;
        return found.pods.map(({ pod, lines }) => (
          <PodLog key={pod} pod={pod} lines={lines} follow={follow && found.live} onFollow={onFollow} />
        ));
      }}
    </Loaded>
  );
}

interface PodProps {
  pod: string;
  lines: string[];
  follow: boolean;
  onFollow: (follow: boolean) => void;
}

/** A page of lines that stays at its end while it is followed; scrolling back ends that. */
function PodLog({ pod, lines, follow, onFollow }: PodProps) {
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, lines]);
  const scrolled = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    if (follow && scrollHeight - scrollTop - clientHeight > 80) onFollow(false);
  };
  return (
    <>
      <h3 class="pod">
        <span class="mono">{pod}</span>{' '}
        <span class="muted">
          {lines.length < MOST_LINES ? '' : 'the last '}
          {formatCount(Math.min(lines.length, MOST_LINES), 'line')}
        </span>
      </h3>
      <pre ref={box} class="log" tabIndex={0} role="region" aria-label={`Log of ${pod}`} onScroll={scrolled}>
        {lines.join('\n')}
      </pre>
    </>
  );
}
