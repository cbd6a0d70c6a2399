import type { DriftLimits } from '../pipeline.ts';
import type { FeatureProfile, Profile } from '../profile.ts';
import { align, pairFeatures } from './align.ts';
import type { Pair } from './align.ts';
import { newCategories } from './new-categories.ts';

/** What cannot be compared between two profiles, or not as it should, a sentence each. */
export function findProblems(baseline: Profile, batch: Profile): string[] {
  const pairs = baseline.rows > 0 && batch.rows > 0 ? pairFeatures(baseline, batch) : [];
  return [
    ...aboutProfiles(baseline, batch),
    ...absent(baseline, batch).map((feature) => `${describe(feature)} of the baseline is missing in the batch`),
    ...absent(batch, baseline).map((feature) => `${describe(feature)} of the batch is new to the baseline`),
    ...pairs.flatMap(aboutPair),
  ];
}

function aboutProfiles(baseline: Profile, batch: Profile): string[] {
  const made = batch.baseline === null ? 'without a baseline' : `against ${batch.baseline}`;
  const [label, other] = [baseline.label ?? 'no feature', batch.label ?? 'no feature'];
  return [
    batch.baseline !== baseline.batch &&
      `batch ${batch.batch} was profiled ${made}, not against the baseline ${baseline.batch}`,
    baseline.rows === 0 && `baseline ${baseline.batch} has 0 rows`,
    batch.rows === 0 && `batch ${batch.batch} has 0 rows`,
    label !== other && `the label is ${label} in the baseline and ${other} in the batch`,
  ].filter((problem) => problem !== false);
}

function aboutPair(pair: Pair): string[] {
  const { name, baseline, batch, isLabel } = pair;
  const aligned = align(pair);
  // A column that is constant by design is so on both sides, and another constant shows as drift.
  const constant = isConstant(baseline) === isConstant(batch) ? undefined : isConstant(batch) ? 'batch' : 'baseline';
  const isKind = isLabel && aligned.comparable && aligned.type === 'category';
  const { rows = 0 } = (isKind && newCategories(aligned.baseline, aligned.batch)) || {};
  return [
    !aligned.comparable && `${name} cannot be compared: it ${aligned.why}`,
    constant !== undefined && `${name} has the same value in all rows of the ${constant} alone`,
    rows > 0 && `${name}: ${rows} of ${batch.count} rows have a label that the baseline never saw`,
  ].filter((problem) => problem !== false);
}

/** Limits of features that neither side has, a sentence each: most likely a name is misspelt. */
export function findUnknownLimits(baseline: Profile, batch: Profile, limits: DriftLimits): string[] {
  const known = new Set([...baseline.features, ...batch.features].map(({ name }) => name));
  const unknown = Object.keys(limits.features).filter((name) => !known.has(name));
  return unknown.map((name) => `limits are set for ${name}, which neither the baseline nor the batch has`);
}

function absent(of: Profile, from: Profile): FeatureProfile[] {
  return of.features.filter(({ name }) => !from.features.some((feature) => feature.name === name));
}

/** One row alone has the same value in all rows, and that says nothing. */
const isConstant = ({ count, distinct }: FeatureProfile) => count > 1 && distinct === 1;
const describe = ({ name, type }: FeatureProfile) => `${name} (${type})`;
