import type { DriftLimits } from '../pipeline.ts';
import type { FeatureProfile } from '../profile.ts';
import { align } from './align.ts';
import type { Aligned, Pair } from './align.ts';
import { joinNeighbours, joinSparse } from './cells.ts';
import type { Cell } from './cells.ts';
import { chiSquared } from './chi-squared.ts';
import { fisherExact } from './fisher-exact.ts';
import type { Share } from './fisher-exact.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { newCategories } from './new-categories.ts';
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

/** Chi-squared needs five expected rows in each cell (Cochran 1954, Biometrics 10:417). */
const FEWEST_OF_CATEGORIES = { either: 5, baseline: 5 };
/**
 * Between a baseline's own quantiles lies as large a share of its rows as was asked for, and of all others what chance
 * makes of it: by simulation, ten bins of 15 such rows raise four times the alarms that chi-squared promises, and cells of
 * 40 no more than it promises.
 */
const FEWEST_OF_NUMBERS = { either: 5, baseline: 40 };

/** Measures a feature on both sides, as far as they can be compared. */
export function measure(pair: Pair, rows: Cell, limits: DriftLimits): Measured[] {
  if (rows.baseline === 0 || rows.batch === 0) return [];
  const own = limits.features[pair.name];
  const limit = (name: MeasureName) => own?.[name] ?? limits[name];
  const aligned = align(pair);
  if (pair.isLabel) return aligned.comparable ? [measurePsi(aligned, own?.psi ?? limits.label)] : [];
  const missing = measureMissing(pair, rows, limit('missing'));
  if (!aligned.comparable) return [missing];
  const stability = measurePsi(aligned, limit('psi'));
  if (aligned.type === 'number') return [stability, measureKs(aligned.cells, limit('ks')), missing];
  return [stability, ...measureNewCategories(aligned, limit('newCategories')), missing];
}

function measurePsi({ type, cells }: Extract<Aligned, { comparable: true }>, limit: number): Measured {
  const joined = type === 'number' ? joinNeighbours(cells, PSI_BINS) : cells;
  const tested = joinSparse(joined, type === 'number' ? FEWEST_OF_NUMBERS : FEWEST_OF_CATEGORIES);
  return { name: 'psi', value: psi(joined), limit, pValue: chiSquared(tested).pValue };
}

function measureKs(cells: Cell[], limit: number): Measured {
  const { distance, pValue } = kolmogorovSmirnov(cells);
  return { name: 'ks', value: distance, limit, pValue };
}

function measureNewCategories({ baseline, batch }: Extract<Aligned, { type: 'category' }>, limit: number): Measured[] {
  const found = newCategories(baseline, batch);
  return found ? [{ name: 'newCategories', value: found.rows / batch.count, limit, pValue: found.pValue }] : [];
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
