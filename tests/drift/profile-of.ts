import type { FeatureProfile, Profile } from '../../shared/profile.ts';

type Column = (number | null)[] | (string | null)[];
export interface Table {
  batch: string;
  label?: string;
  columns: Record<string, Column>;
}

const BINS = 20;
const LISTED = 50;

/** The profile of a small table, as the process stage makes it: with a baseline's edges and categories, or its own. */
export function profileOf({ batch, label, columns }: Table, baseline?: Profile): Profile {
  const features = Object.entries(columns).map(([name, column]) => {
    const like = baseline?.features.find((feature) => feature.name === name);
    return column.some((value) => typeof value === 'number') || like?.type === 'number'
      ? numbers(name, column as (number | null)[], like)
      : categories(name, column as (string | null)[], like);
  });
  const rows = Math.max(0, ...Object.values(columns).map((column) => column.length));
  const about = { version: 1 as const, pipeline: 'iris', batch, baseline: baseline?.batch ?? null };
  return { ...about, rows, label: label ?? baseline?.label ?? null, features, skipped: [] };
}

function numbers(name: string, column: (number | null)[], like?: FeatureProfile): FeatureProfile {
  const values = column.filter((value) => value !== null);
  const edges = like?.type === 'number' ? like.histogram.edges : quantileEdges(values);
  const bins = new Uint32Array(edges.length + 1);
  for (const value of values) bins[binOf(value, edges)] = (bins[binOf(value, edges)] ?? 0) + 1;
  return {
    ...{ name, type: 'number', dataType: 'double', count: values.length, missing: column.length - values.length },
    ...{ distinct: new Set(values).size, infinite: 0, min: null, max: null, mean: null, std: null, quantiles: {} },
    histogram: { edges, counts: [...bins] },
  };
}

/** Edges at each twentieth of the values; where they tie, fewer. */
function quantileEdges(values: number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  const at = Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.ceil((sorted.length * (i + 1)) / BINS) - 1]);
  return [...new Set(at)].filter((edge) => edge !== undefined);
}

/** The first bin whose upper edge is not below the value. */
function binOf(value: number, edges: number[]): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function categories(name: string, column: (string | null)[], like?: FeatureProfile): FeatureProfile {
  const listed = new Set(like?.type === 'category' ? like.top.map(({ value }) => value) : []);
  const rows = new Map([...listed].map((value) => [value, 0]));
  const values = column.filter((value) => value !== null);
  for (const value of values) rows.set(value, (rows.get(value) ?? 0) + 1);
  const sorted = [...rows].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
  const top = sorted.filter(({ value }, rank) => rank < LISTED || listed.has(value));
  const [count, distinct] = [values.length, new Set(values).size];
  return {
    ...{ name, type: 'category', dataType: 'string', count, missing: column.length - count, distinct, top },
    other: count - top.reduce((sum, category) => sum + category.count, 0),
  };
}
