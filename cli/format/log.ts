import type { RunLog } from '../connect/api-types.ts';
import { oneLine } from './text.ts';

/** Lines of a log, each with its pod where there are several. */
export function logLines({ pods }: Pick<RunLog, 'pods'>, isMany = pods.length > 1): string[] {
  return pods.flatMap(({ pod, lines }) => {
    const head = isMany ? `${oneLine(pod)} | ` : '';
    // A carriage return would paint over the line: what it ends is a line of its own here.
    return lines.flatMap((line) => line.split(/[\r\n]+/)).map((line) => head + line);
  });
}

/**
 * What a later window on a log has beyond an earlier one: the lines after the longest end of the earlier one with which
 * the later one begins. `isGap` where they have nothing in common, so that lines between them may be lost.
 */
export function beyond(earlier: string[], later: string[]): { lines: string[]; isGap: boolean } {
  const common = overlap(earlier, later);
  return { lines: later.slice(common), isGap: common === 0 && earlier.length > 0 && later.length > 0 };
}

/** Length of the longest end of one list that another begins with: Knuth, Morris and Pratt's search, in linear time. */
function overlap(earlier: string[], later: string[]): number {
  const borders = [0];
  const extend = (from: number, line: string | undefined): number => {
    let length = from;
    while (length > 0 && later[length] !== line) length = borders[length - 1] ?? 0;
    return later[length] === line && line !== undefined ? length + 1 : length;
  };
  for (let at = 1; at < later.length; at++) borders.push(extend(borders[at - 1] ?? 0, later[at]));
  let matched = 0;
  for (const line of earlier) matched = extend(matched, line);
  return matched;
}
