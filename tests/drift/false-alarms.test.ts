import { describe, expect, test } from 'vitest';
import { drift } from '../../shared/drift/drift.ts';
import type { FeatureProfile } from '../../shared/profile.ts';
import { drawFrom } from './draw.ts';
import { profileOf } from './profile-of.ts';
import { alarmRates, defaultLimits, iris, noLimits, shop } from './simulate.ts';
import type { World } from './simulate.ts';

const allowed = defaultLimits.falseAlarms;
const sizes = [30, 100, 300, 1000, 10_000];

interface Rate {
  batches: number;
  byDefault: number;
  byChanceAlone: number;
}

/** The false alarms of each size, by the default limits and by none; of large batches there are fewer. */
function falseAlarms(world: World, baselineRows: number): Rate[] {
  return sizes.map((batchRows) => {
    const repetitions = Math.ceil(120_000 / (batchRows + 1000));
    const options = { world, baselineRows, batchRows, repetitions };
    const [byDefault = 1, byChanceAlone = 1] = alarmRates(options, [defaultLimits, noLimits]);
    return { batches: repetitions, byDefault, byChanceAlone };
  });
}

/** The allowed rate, and three standard deviations of what so many batches show of it. */
const atMost = (batches: number) => allowed + 3 * Math.sqrt((allowed * (1 - allowed)) / batches);

describe.each([
  ['iris', iris, 150],
  ['iris', iris, 10_000],
  ['a shop', shop, 150],
  ['a shop', shop, 10_000],
])('batches of %s without drift, against a baseline of', (_, world, baselineRows) => {
  test(`${baselineRows} rows, raise an alarm as rarely as promised, at each size and whatever the limits`, () => {
    const rates = falseAlarms(world, baselineRows);
    for (const { batches, byDefault, byChanceAlone } of rates) {
      expect(byDefault).toBeLessThanOrEqual(atMost(batches));
      expect(byChanceAlone).toBeLessThanOrEqual(atMost(batches));
    }
    const all = rates.reduce((sum, { batches }) => sum + batches, 0);
    const alarms = rates.reduce((sum, { batches, byChanceAlone }) => sum + batches * byChanceAlone, 0);
    expect(alarms / all).toBeLessThanOrEqual(atMost(all));
  });
});

test('bins between the quantiles of a small baseline raise no more alarms than promised, however large the batch', () => {
  const draw = drawFrom(7);
  const limits = { ...noLimits, ks: 1, falseAlarms: 0.002 };
  const repetitions = 10_000;
  let alarms = 0;
  for (let i = 0; i < repetitions; i++) {
    const values = Array.from({ length: 150 }, draw.uniform);
    const baseline = profileOf({ batch: 'champion', columns: { petal_length: values } });
    const batch = { ...baseline, batch: 'new', baseline: 'champion', features: baseline.features.map(inAllRows) };
    if (drift(baseline, batch, limits).drifted) alarms++;
  }
  expect(alarms / repetitions).toBeLessThanOrEqual(limits.falseAlarms);
});

/** The same feature of so many rows between 0 and 1 that each bin has as many as it is wide. */
function inAllRows(feature: FeatureProfile): FeatureProfile {
  if (feature.type !== 'number') return feature;
  const cuts = [0, ...feature.histogram.edges, 1];
  const counts = cuts.slice(1).map((cut, i) => Math.round(1e6 * (cut - (cuts[i] ?? 0))));
  const count = counts.reduce((sum, rows) => sum + rows, 0);
  return { ...feature, count, histogram: { ...feature.histogram, counts } };
}

describe('a shift of one feature of four', () => {
  test.each([
    [2, 30, 0.98],
    [1, 30, 0.6],
    [1, 100, 0.95],
    [1, 300, 0.98],
    [1, 1000, 0.98],
    [0.5, 100, 0.3],
    [0.5, 300, 0.65],
  ])('by %d standard deviations is found in %d rows in a share above %d', (shift, batchRows, share) => {
    for (const baselineRows of [150, 10_000]) {
      const [rate] = alarmRates({ world: iris, baselineRows, batchRows, shift, repetitions: 60 }, [defaultLimits]);
      expect(rate).toBeGreaterThan(share);
    }
  });
});
