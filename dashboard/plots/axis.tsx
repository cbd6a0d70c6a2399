import type { ScaleLinear } from 'd3-scale';
import { formatNumber } from '../format/number.ts';

/** Where a plot lies within its drawing. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const MARKS = 5;

/** The marks of a horizontal axis, and its line. */
export function BottomAxis({ scale, frame }: { scale: ScaleLinear<number, number>; frame: Frame }) {
  return (
    <g class="axis">
      <line x1={frame.left} x2={frame.right} y1={frame.bottom} y2={frame.bottom} />
      {scale.ticks(MARKS).map((mark) => (
        <g key={mark} transform={`translate(${scale(mark)},${frame.bottom})`}>
          <line y2={4} />
          <text y={16} text-anchor="middle">
            {formatNumber(mark)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** The marks of a vertical axis, with lines across the plot. */
export function LeftAxis({ scale, frame }: { scale: ScaleLinear<number, number>; frame: Frame }) {
  return (
    <g class="axis">
      {scale.ticks(MARKS - 1).map((mark) => (
        <g key={mark} transform={`translate(0,${scale(mark)})`}>
          <line class="across" x1={frame.left} x2={frame.right} />
          <text x={frame.left - 8} dy="0.32em" text-anchor="end">
            {formatNumber(mark)}
          </text>
        </g>
      ))}
    </g>
  );
}
