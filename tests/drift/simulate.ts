import { drift } from '../../shared/drift/drift.ts';
import type { DriftLimits } from '../../shared/pipeline.ts';
import { pipelineSchema } from '../../shared/pipeline.ts';
import type { Profile } from '../../shared/profile.ts';
import { drawFrom } from './draw.ts';
import type { Draw } from './draw.ts';
import { profileOf } from './profile-of.ts';
import type { Table } from './profile-of.ts';

/** The limits of a pipeline that declares none. */
export const defaultLimits = pipelineSchema.parse({ name: 'iris', landing: { prefix: 'iris/' } }).validate.drift;

/** Limits that all noise is beyond, so that nothing but the tests of chance holds alarms back. */
export const noLimits: DriftLimits = {
  ...defaultLimits,
  ...{ psi: 1e-9, ks: 1e-9, newCategories: 0, missing: 0, label: 1e-9 },
};

/** Draws the columns of a table; `shift`, in standard deviations, moves its first number only. */
export type World = (draw: Draw, rows: number, shift: number) => Table['columns'];

/** Four measurements and three kinds, as iris has them. */
export const iris: World = (draw, rows, shift) => ({
  petal_length: column(rows, () => draw.normal() + shift),
  petal_width: column(rows, draw.normal),
  sepal_length: column(rows, draw.normal),
  sepal_width: column(rows, draw.normal),
  kind: column(rows, () => `kind ${Math.floor(3 * draw.uniform())}`),
});

/** Hard to compare: ties, missing values, and categories of which many are rare. */
export const shop: World = (draw, rows, shift) => ({
  price: column(rows, () => Math.round(Math.exp(draw.normal() + shift))),
  weight: column(rows, () => (draw.uniform() < 0.05 ? null : draw.normal())),
  country: column(rows, () => `country ${draw.skewed(40)}`),
  product: column(rows, () => (draw.uniform() < 0.02 ? null : `product ${draw.skewed(300)}`)),
  kind: column(rows, () => `kind ${draw.skewed(10)}`),
});

export interface Simulation {
  world: World;
  baselineRows: number;
  batchRows: number;
  shift?: number;
  repetitions: number;
}

/** Share of batches that raise an alarm by each of the limits. */
export function alarmRates(
  { world, baselineRows, batchRows, shift = 0, repetitions }: Simulation,
  limits: DriftLimits[],
): number[] {
  const draw = drawFrom(baselineRows + 31 * batchRows + 1000 * shift);
  const alarms = limits.map(() => 0);
  // A large baseline, which chance hardly moves, is drawn once for some batches.
  const drawnFor = Math.max(1, baselineRows / 1000);
  let baseline = drawBaseline(world, draw, baselineRows);
  for (let i = 0; i < repetitions; i++) {
    if (i % drawnFor === 0) baseline = drawBaseline(world, draw, baselineRows);
    const batch = profileOf({ batch: 'new', columns: world(draw, batchRows, shift) }, baseline);
    limits.forEach((limit, at) => (alarms[at] = (alarms[at] ?? 0) + Number(drift(baseline, batch, limit).drifted)));
  }
  return alarms.map((count) => count / repetitions);
}

/** A champion has the bins and categories of the one before it, as the shop's has, unless it is the first. */
function drawBaseline(world: World, draw: Draw, rows: number): Profile {
  const champion = { batch: 'champion', label: 'kind', columns: world(draw, rows, 0) };
  if (world === iris) return profileOf(champion);
  return profileOf(champion, profileOf({ batch: 'first', label: 'kind', columns: world(draw, 150, 0) }));
}

function column<T>(rows: number, value: () => T): T[] {
  return Array.from({ length: rows }, value);
}
