import type { CategoryProfile, FeatureProfile, NumberProfile, Profile } from '../profile.ts';
import { categoryCells } from './category-cells.ts';
import type { Cell } from './cells.ts';

/** A feature as both sides have it. */
export interface Pair {
  name: string;
  isLabel: boolean;
  baseline: FeatureProfile;
  batch: FeatureProfile;
  /** Whether the batch was profiled with this baseline's edges and categories. */
  sameBins: boolean;
}

/** Both distributions of a feature cell by cell, or why they cannot be compared. */
export type Aligned =
  | { comparable: false; why: string }
  | { comparable: true; type: 'number'; cells: Cell[] }
  | { comparable: true; type: 'category'; cells: Cell[]; baseline: CategoryProfile; batch: CategoryProfile };

/** The features that both sides have, in the baseline's order. */
export function pairFeatures(baseline: Profile, batch: Profile): Pair[] {
  const sameBins = batch.baseline === baseline.batch;
  return baseline.features.flatMap((feature) => {
    const other = batch.features.find(({ name }) => name === feature.name);
    const isLabel = feature.name === baseline.label;
    return other ? [{ name: feature.name, isLabel, baseline: feature, batch: other, sameBins }] : [];
  });
}

/** Lays the two distributions of a feature side by side. */
export function align({ baseline, batch, sameBins }: Pair): Aligned {
  const empty = [baseline.count === 0 && 'baseline', batch.count === 0 && 'batch'].filter(Boolean);
  if (empty.length > 0) return refuse(`has no value in the ${empty.join(' and the ')}`);
  if (baseline.type === 'number' && batch.type === 'number') return alignNumbers(baseline, batch);
  if (baseline.type === 'category' && batch.type === 'category') return alignCategories(baseline, batch, sameBins);
  return refuse(`changed its type from ${baseline.type} to ${batch.type}`);
}

function alignNumbers({ histogram }: NumberProfile, { histogram: other }: NumberProfile): Aligned {
  const [edges, others] = [histogram.edges, other.edges];
  const i = edges.findIndex((edge, at) => edge !== others[at]);
  if (edges.length !== others.length) {
    return refuse(`has ${edges.length} edges in the baseline's histogram and ${others.length} in the batch's`);
  }
  if (i >= 0) {
    return refuse(`has edge ${i + 1} at ${edges[i]} in the baseline's histogram and at ${others[i]} in the batch's`);
  }
  if (edges.length === 0) return refuse('has a histogram of one bin');
  const cells = histogram.counts.map((rows, at) => ({ baseline: rows, batch: other.counts[at] ?? 0 }));
  return { comparable: true, type: 'number', cells };
}

function alignCategories(baseline: CategoryProfile, batch: CategoryProfile, sameBins: boolean): Aligned {
  const untold = baseline.top.find(({ value }) => !batch.top.some((listed) => listed.value === value));
  if (untold && batch.other > 0 && !sameBins) {
    return refuse(`has rows of ${JSON.stringify(untold.value)} in the baseline that the batch may count among others`);
  }
  return { comparable: true, type: 'category', cells: categoryCells(baseline, batch), baseline, batch };
}

const refuse = (why: string): Aligned => ({ comparable: false, why });
