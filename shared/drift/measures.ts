import type { DriftLimits } from '../pipeline.ts';
import type { FeatureProfile } from '../profile.ts';
import { align } from './align.ts';
import type { Pair } from './align.ts';
import type { Unseen } from './categories.ts';
import { joinNeighbours, joinSparse } from './cells.ts';
import type { Cell } from './cells.ts';
import { chiSquared } from './chi-squared.ts';
import { fisherExact } from './fisher-exact.ts';
import type { Share } from './fisher-exact.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { psi } from './psi.ts';
import type { FeatureDrift, Measure } from './report.ts';

export type MeasureName = keyof FeatureDrift['measures'];
/** A measure before it is judged: chance is judged over all tests of a batch. */
export type Measured = Omit<Measure, 'exceeded'> & { name: MeasureName };

/**
 * The usual limits of PSI, 0.1 and 0.2, come from ten bins; noise makes about (bins - 1)(1/m + 1/n) of it, so that twice
 * the bins would be twice the noise (Yurdakul 2018, Statistical Properties of the Population Stability Index).
 */
const PSI_BINS = 10;

/** Measures a feature on both sides, as far as they can be compared. */
export function measure(pair: Pair, rows: Cell, limits: DriftLimits): Measured[] {
  if (rows.baseline === 0 || rows.batch === 0) return [];
  const own = limits.features[pair.name];
  const limit = (name: MeasureName) => own?.[name] ?? (pair.isLabel ? limits.label : limits[name]);
  const aligned = align(pair);
  const missing = measureMissing(pair, rows, limit('missing'));
  if (!aligned.comparable) return pair.isLabel ? [] : [missing];
  const cells = aligned.type === 'number' ? joinNeighbours(aligned.cells, PSI_BINS) : aligned.cells;
  const stability = measurePsi(cells, limit('psi'));
  if (pair.isLabel) return [stability];
  if (aligned.type === 'number') return [stability, measureKs(aligned.cells, limit('ks')), missing];
  return [stability, ...measureNewCategories(aligned.unseen, limit('newCategories')), missing];
}

function measurePsi(cells: Cell[], limit: number): Measured {
  return { name: 'psi', value: psi(cells), limit, pValue: chiSquared(joinSparse(cells)).pValue };
}

function measureKs(cells: Cell[], limit: number): Measured {
  const { distance, pValue } = kolmogorovSmirnov(cells);
  return { name: 'ks', value: distance, limit, pValue };
}

function measureNewCategories(unseen: Unseen | undefined, limit: number): Measured[] {
  if (!unseen) return [];
  const value = unseen.batch.hits / unseen.batch.rows;
  return [{ name: 'newCategories', value, limit, pValue: fisherExact(unseen.batch, unseen.baseline) }];
}

function measureMissing({ baseline, batch }: Pair, rows: Cell, limit: number): Measured {
  const before: Share = { hits: withoutValue(baseline), rows: rows.baseline };
  const now: Share = { hits: withoutValue(batch), rows: rows.batch };
  const value = Math.abs(now.hits / now.rows - before.hits / before.rows);
  return { name: 'missing', value, limit, pValue: fisherExact(now, before) };
}

function withoutValue(feature: FeatureProfile): number {
  return feature.missing + (feature.type === 'number' ? feature.infinite : 0);
}
