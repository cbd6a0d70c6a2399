import type { Drift, Profile } from '../api/queries.ts';
import { formatNumber } from '../format/number.ts';
import { Chip } from '../parts/chip.tsx';
import { CategoryBars } from '../plots/category-bars.tsx';
import { Histogram } from '../plots/histogram.tsx';
import './drift-feature.css';

type FeatureDrift = Drift['features'][number];
type FeatureProfile = Profile['features'][number];
type Measure = NonNullable<FeatureDrift['measures'][MeasureName]>;
type MeasureName = keyof FeatureDrift['measures'];

const NAMES: Record<MeasureName, string> = {
  psi: 'PSI',
  ks: 'KS distance',
  newCategories: 'new categories',
  missing: 'missing',
};

interface Props {
  feature: FeatureDrift;
  batch: FeatureProfile | undefined;
  baseline: FeatureProfile | undefined;
  loading: boolean;
}

/** One feature: both sides drawn over each other, and each distance with its limit. */
export function DriftFeature({ feature, batch, baseline, loading }: Props) {
  const { name, drifted, isLabel, measures } = feature;
  return (
    <section class="feature" aria-label={name}>
      <div class="title">
        <h3>
          {name}
          {isLabel && <span class="muted"> (label)</span>}
        </h3>
        <Chip status={drifted ? 'Drifted' : 'Steady'} words={drifted ? 'Drifted' : 'No drift'} />
      </div>
      {loading ? <p class="muted">Asking for both profiles…</p> : <Drawing batch={batch} baseline={baseline} />}
      <dl class="measures">
        {(Object.keys(NAMES) as MeasureName[]).map((key) => {
          const measure = measures[key];
          return (
            measure && (
              <div key={key} class={measure.exceeded ? 'exceeded' : ''}>
                <dt>{NAMES[key]}</dt>
                <dd>
                  <b>{formatNumber(measure.value)}</b> <span class="muted">{limitOf(measure)}</span>
                </dd>
              </div>
            )
          );
        })}
      </dl>
    </section>
  );
}

/** The limit of a distance; beyond it, how often chance alone makes so much. */
function limitOf({ value, limit, pValue, exceeded }: Measure): string {
  if (value <= limit) return `of ${formatNumber(limit)}`;
  const chance =
    pValue === undefined
      ? 'too few rows to tell it from chance'
      : `p ${pValue < 0.0001 ? '< 0.0001' : `= ${formatNumber(pValue)}`}`;
  return `above ${formatNumber(limit)} (${chance}${exceeded || pValue === undefined ? '' : ': chance may explain it'})`;
}

function Drawing({ batch, baseline }: Pick<Props, 'batch' | 'baseline'>) {
  if (batch?.type === 'number' && baseline?.type === 'number') return <Histogram batch={batch} baseline={baseline} />;
  if (batch?.type === 'category' && baseline?.type === 'category') {
    return <CategoryBars batch={batch} baseline={baseline} />;
  }
  return <p class="muted">One of the profiles lacks this feature, so that there is nothing to draw.</p>;
}
