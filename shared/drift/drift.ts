import type { DriftLimits } from '../pipeline.ts';
import type { Profile } from '../profile.ts';
import { pairFeatures } from './align.ts';
import type { Pair } from './align.ts';
import { explain, percent } from './explain.ts';
import { measure } from './measures.ts';
import type { Measured } from './measures.ts';
import { findProblems, findUnknownLimits } from './problems.ts';
import type { DriftReport, FeatureDrift } from './report.ts';

/**
 * How far a batch is from the data that the champion was trained with. A feature drifts when a measure is beyond its limit
 * and chance does not explain it: its p-value stays below `falseAlarms` divided by the number of tests (Bonferroni).
 */
export function drift(baseline: Profile, batch: Profile, limits: DriftLimits): DriftReport {
  const [from, to] = [withoutIgnored(baseline, limits), withoutIgnored(batch, limits)];
  const rows = { baseline: from.rows, batch: to.rows };
  const measured = pairFeatures(from, to).map((pair) => ({ pair, measures: measure(pair, rows, limits) }));
  // A test that had no other way to come out, such as of no missing value, is none (Tarone 1990, Biometrics 46:515).
  const tests = measured.flatMap(({ measures }) => measures).filter(({ pValue }) => pValue !== undefined).length;
  const chance = { falseAlarms: limits.falseAlarms, tests, pValue: limits.falseAlarms / Math.max(1, tests) };
  const features = measured.map(({ pair, measures }) => judge(pair, measures, chance.pValue));
  const problems = [...findProblems(from, to), ...findUnknownLimits(baseline, batch, limits)];
  const verdict = conclude(features, limits.driftedFeatures);
  return { version: 1, baseline: from.batch, batch: to.batch, rows, features, problems, chance, ...verdict };
}

function withoutIgnored(profile: Profile, limits: DriftLimits): Profile {
  return { ...profile, features: profile.features.filter(({ name }) => !limits.features[name]?.ignore) };
}

function judge(pair: Pair, measured: Measured[], belowChance: number): FeatureDrift {
  const judged = measured.map(({ pValue, ...measured }) => {
    const unlikely = pValue !== undefined && pValue < belowChance;
    return {
      ...measured,
      ...(pValue !== undefined && { pValue }),
      exceeded: unlikely && measured.value > measured.limit,
    };
  });
  return {
    name: pair.name,
    type: pair.baseline.type,
    isLabel: pair.isLabel,
    measures: Object.fromEntries(judged.map(({ name, ...measure }) => [name, measure])),
    drifted: judged.some(({ exceeded }) => exceeded),
    reasons: judged
      .filter(({ value, limit }) => value > limit)
      .map((measure) => `${pair.isLabel ? 'label ' : ''}${pair.name}: ${explain(measure.name, measure)}`),
  };
}

/** The label has a limit of its own and drifts alone; of the others a share may. */
function conclude(
  features: FeatureDrift[],
  limit: number,
): Pick<DriftReport, 'driftedFeatures' | 'drifted' | 'reasons'> {
  const counted = features.filter(({ isLabel }) => !isLabel);
  const drifted = counted.filter((feature) => feature.drifted);
  const share = drifted.length / Math.max(1, counted.length);
  const label = features.find((feature) => feature.isLabel && feature.drifted);
  return {
    driftedFeatures: { share, limit },
    drifted: share > limit || label !== undefined,
    reasons: [
      `${drifted.length} of ${counted.length} features drifted, ${share > limit ? 'above' : 'within'} the limit of ${percent(limit)}`,
      ...features.filter((feature) => feature.drifted).flatMap(({ reasons }) => reasons),
    ],
  };
}
