import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { ModelVersion } from '../api/queries.ts';
import { formatNumber } from '../format/number.ts';
import { LeftAxis, type Frame } from './axis.tsx';
import { historyOf, type Point } from './metric-points.ts';
import { useWidth } from './use-width.ts';
import './plot.css';
import './legend.css';
import './metric-history.css';

const WIDTH = 900;
const HEIGHT = 190;
const RADIUS = 5;

interface Props {
  /** Newest first, as the API lists them. */
  versions: ModelVersion[];
  metric: string;
  champion: string | undefined;
}

/** A metric from version to version; the table beside it has the numbers. */
export function MetricHistory({ versions, metric, champion }: Props) {
  const points = historyOf(versions, metric);
  if (points.length < 2) return <p class="muted">A second version makes a history of {metric}.</p>;
  return (
    <>
      <Plot points={points} metric={metric} champion={champion} />
      <p class="legend">
        <span class="dot dot-champion" /> champion <span class="dot dot-deployed" /> was deployed{' '}
        <span class="dot dot-undeployed" /> was not
      </p>
    </>
  );
}

function Plot({ points, metric, champion }: { points: Point[]; metric: string; champion: string | undefined }) {
  const [drawing, width] = useWidth<SVGSVGElement>(WIDTH);
  const frame: Frame = { left: 58, right: width - 12, top: 14, bottom: HEIGHT - 14 };
  const x = scaleLinear([0, points.length - 1], [frame.left + 2 * RADIUS, frame.right]);
  const y = scaleLinear(rangeOf(points), [frame.bottom, frame.top]).nice(4);
  const path = line<Point>(
    (_, at) => x(at),
    ({ value }) => y(value),
  );
  return (
    <svg ref={drawing} class="plot history" height={HEIGHT} role="img" aria-label={words(points, metric)}>
      <LeftAxis scale={y} frame={frame} />
      <path class="history-line" d={path(points) ?? ''} />
      {points.map(({ version, value, isDeployed }, at) => (
        <circle
          key={version}
          class={version === champion ? 'champion' : isDeployed ? 'deployed' : 'undeployed'}
          cx={x(at)}
          cy={y(value)}
          r={version === champion ? RADIUS + 2 : RADIUS}
        >
          <title>{`${version}: ${formatNumber(value)}`}</title>
        </circle>
      ))}
    </svg>
  );
}

/** From the lowest to the highest value; where all are the same, something around it. */
function rangeOf(points: Point[]): [number, number] {
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const around = Math.abs(low) / 10 || 1;
  return low < high ? [low, high] : [low - around, high + around];
}

function words(points: Point[], metric: string): string {
  const said = (point: Point | undefined) => formatNumber(point?.value ?? 0);
  return `${metric} of ${points.length} versions, from ${said(points[0])} of the oldest to ${said(points.at(-1))} of the newest`;
}
