import type { Run, Stage } from '../api/queries.ts';
import { formatDuration } from '../format/duration.ts';
import { Icon } from '../parts/icon.tsx';
import { RunLink } from '../parts/link.tsx';
import { lookOf } from '../parts/status.ts';
import { useNow } from '../parts/use-now.ts';
import { layOutTimeline, type Bar, type TimelineLayout } from './timeline-layout.ts';
import './timeline.css';

const WIDTH = 1_000;
const HEIGHT = 18;

/** The stages of a run on one axis of time. */
export function Timeline({ run, live }: { run: Run; live: boolean }) {
  const now = useNow(live);
  const { bars, ticks, totalMs } = layOutTimeline(run.stages, run.startedAt, run.finishedAt, now);
  return (
    <div class="timeline">
      <div class="timeline-head" aria-hidden="true">
        <span>stage</span>
        <Axis ticks={ticks} />
        <span class="number">took</span>
      </div>
      <ol>
        {run.stages.map((stage, at) => (
          <StageRow key={stage.name} stage={stage} bar={bars[at]} ticks={ticks} />
        ))}
      </ol>
      <p class="muted timeline-total">{`${live ? 'So far' : 'In all'} ${formatDuration(totalMs)}.`}</p>
    </div>
  );
}

function StageRow({ stage, bar, ticks }: { stage: Stage; bar: Bar | undefined; ticks: TimelineLayout['ticks'] }) {
  const { name, status, detail, reusedFrom } = stage;
  const { tone, icon } = lookOf(status);
  // Why a stage failed is told above, whole.
  const shown = status !== 'Failed' && (detail || reusedFrom);
  return (
    <li class={`stage tone-${tone}`}>
      <span class="stage-name">
        <Icon name={reusedFrom ? 'reuse' : icon} />
        <span>{name}</span>
        <span class="unseen">{`: ${status}`}</span>
      </span>
      <svg class="stage-bar" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {ticks.map(({ at, ms }) => (
          <line key={ms} x1={at * WIDTH} x2={at * WIDTH} y1={0} y2={HEIGHT} />
        ))}
        {bar && <rect x={bar.from * WIDTH} width={(bar.to - bar.from) * WIDTH} y={3} height={HEIGHT - 6} rx={2} />}
      </svg>
      <span class="number">{bar ? formatDuration(bar.ms) : '–'}</span>
      {shown && (
        <span class="stage-detail">
          {detail}
          {reusedFrom && (
            <>
              {detail ? ' · ' : ''}taken over from <RunLink runId={reusedFrom} />
            </>
          )}
        </span>
      )}
    </li>
  );
}

function Axis({ ticks }: { ticks: TimelineLayout['ticks'] }) {
  return (
    <svg class="timeline-axis">
      {ticks.map(({ at, ms }) => (
        <text key={ms} x={`${at * 100}%`} y={12} text-anchor={at === 0 ? 'start' : at > 0.95 ? 'end' : 'middle'}>
          {ms === 0 ? '0' : formatDuration(ms).replace(/\.0 s/, ' s')}
        </text>
      ))}
    </svg>
  );
}
