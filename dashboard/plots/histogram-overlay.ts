import type { components } from '../../docs/api/openapi.ts';

type Feature = components['schemas']['Profile']['features'][number];
export type NumberFeature = Extract<Feature, { type: 'number' }>;
export type CategoryFeature = Extract<Feature, { type: 'category' }>;

/** One bar of a histogram: its area is the share of the rows. */
export interface Step {
  from: number;
  to: number;
  share: number;
  density: number;
}

/** Two histograms on one axis. */
export interface Overlay {
  low: number;
  high: number;
  highest: number;
  baseline: Step[];
  batch: Step[];
}

/** Puts the histograms of a number over each other; undefined where one of them has no value. */
export function overlayNumbers(baseline: NumberFeature, batch: NumberFeature): Overlay | undefined {
  const [ours, theirs] = [stepsOf(baseline), stepsOf(batch)];
  const steps = [...ours, ...theirs];
  if (ours.length === 0 || theirs.length === 0) return undefined;
  return {
    low: Math.min(...steps.map(({ from }) => from)),
    high: Math.max(...steps.map(({ to }) => to)),
    highest: Math.max(...steps.map(({ density }) => density)),
    baseline: ours,
    batch: theirs,
  };
}

/** The bars of one histogram; the outer bins, which are open, end at the lowest and the highest value. */
export function stepsOf({ histogram: { edges, counts }, min, max, count }: NumberFeature): Step[] {
  if (min === null || max === null || count === 0) return [];
  const width = (max - min || Math.abs(min) || 1) / 50;
  const bounds = [Math.min(min, edges[0] ?? min), ...edges, Math.max(max, edges.at(-1) ?? max)];
  return counts.flatMap((rows, bin) => {
    const [from = min, to = max] = [bounds[bin], bounds[bin + 1]];
    // A bin without width has rows where many share one value: it gets a width that can be seen.
    const left = to > from ? from : to - width;
    const share = rows / count;
    return to > from || rows > 0 ? [{ from: left, to, share, density: share / (to - left) }] : [];
  });
}

/** One value of a category and its shares on both sides. */
export interface CategoryPair {
  value: string;
  baseline: number;
  batch: number;
}

const OTHER = '(other)';

/** Shares by value, the most frequent first; what is beyond `most` values is put together. */
export function pairCategories(baseline: CategoryFeature, batch: CategoryFeature, most = 12): CategoryPair[] {
  const [ours, theirs] = [sharesOf(baseline), sharesOf(batch)];
  const values = [...new Set([...ours.keys(), ...theirs.keys()])].filter((value) => value !== OTHER);
  const pairs = values
    .map((value) => ({ value, baseline: ours.get(value) ?? 0, batch: theirs.get(value) ?? 0 }))
    .sort((a, b) => b.baseline + b.batch - (a.baseline + a.batch));
  const rest = pairs.slice(most);
  const sum = (side: 'baseline' | 'batch', shares: Map<string, number>) =>
    rest.reduce((total, pair) => total + pair[side], shares.get(OTHER) ?? 0);
  const other = { value: OTHER, baseline: sum('baseline', ours), batch: sum('batch', theirs) };
  return [...pairs.slice(0, most), ...(other.baseline + other.batch > 0 ? [other] : [])];
}

function sharesOf({ top, other, count }: CategoryFeature): Map<string, number> {
  const share = (rows: number) => (count === 0 ? 0 : rows / count);
  return new Map([
    ...top.map(({ value, count: rows }): [string, number] => [value, share(rows)]),
    [OTHER, share(other)],
  ]);
}
