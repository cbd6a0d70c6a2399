import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import { formatNumber } from '../format/number.ts';
import { BottomAxis, type Frame } from './axis.tsx';
import { overlayNumbers, type NumberFeature, type Step } from './histogram-overlay.ts';
import { useWidth } from './use-width.ts';
import './plot.css';

const WIDTH = 340;
const HEIGHT = 150;

type Corner = [x: number, y: number];

/** The values of a number on both sides, one histogram over the other; areas are shares of the rows. */
export function Histogram({ baseline, batch }: { baseline: NumberFeature; batch: NumberFeature }) {
  const [drawing, width] = useWidth<SVGSVGElement>(WIDTH);
  const overlay = overlayNumbers(baseline, batch);
  if (!overlay) return <p class="muted">One side has no values, so that there is nothing to draw.</p>;
  const frame: Frame = { left: 10, right: width - 10, top: 8, bottom: HEIGHT - 22 };
  const x = scaleLinear([overlay.low, overlay.high], [frame.left, frame.right]);
  const y = scaleLinear([0, overlay.highest], [frame.bottom, frame.top]);
  const corners = (steps: Step[]) => cornersOf(steps).map(([at, high]): Corner => [x(at), y(high)]);
  const fill = area<Corner>().curve(curveStepAfter).y0(frame.bottom);
  const outline = line<Corner>().curve(curveStepAfter);
  return (
    <svg ref={drawing} class="plot" height={HEIGHT} role="img" aria-label={words(baseline, batch)}>
      <path class="baseline" d={fill(corners(overlay.baseline)) ?? ''} />
      <path class="batch" d={fill(corners(overlay.batch)) ?? ''} />
      <path class="batch-line" d={outline(corners(overlay.batch)) ?? ''} />
      <BottomAxis scale={x} frame={frame} />
    </svg>
  );
}

/** Corners of a line of steps that ends on the ground. */
function cornersOf(steps: Step[]): Corner[] {
  const last = steps.at(-1);
  return [...steps.map(({ from, density }): Corner => [from, density]), ...(last ? [[last.to, 0] as Corner] : [])];
}

function words(baseline: NumberFeature, batch: NumberFeature): string {
  const said = ({ min, max, mean }: NumberFeature) =>
    `from ${formatNumber(min ?? 0)} to ${formatNumber(max ?? 0)}, mean ${formatNumber(mean ?? 0)}`;
  return `Histograms of ${batch.name}: this batch ${said(batch)}; the champion’s data ${said(baseline)}`;
}
