import { useQuery } from '@tanstack/preact-query';
import { modelProfileQuery, runDocumentQuery, type Drift, type Profile } from '../api/queries.ts';
import { formatCount, formatNumber } from '../format/number.ts';
import { Chip } from '../parts/chip.tsx';
import { VersionLink } from '../parts/link.tsx';
import { Reasons } from '../parts/reasons.tsx';
import { DriftFeature } from './drift-feature.tsx';
import '../plots/legend.css';
import './drift.css';

interface Props {
  runId: string;
  pipeline: string;
  drift: Drift;
}

/** How far a batch is from the champion's data, feature by feature, the drifted ones first. */
export function DriftEvidence({ runId, pipeline, drift }: Props) {
  const batch = useQuery(runDocumentQuery(runId, 'profile', false));
  const baseline = useQuery(modelProfileQuery(pipeline, drift.baseline));
  const features = drift.features.toSorted((a, b) => Number(b.drifted) - Number(a.drifted));
  const { share, limit } = drift.driftedFeatures;
  return (
    <>
      <div class="title">
        <h2>Drift</h2>
        <Chip status={drift.drifted ? 'Drifted' : 'Steady'} words={drift.drifted ? 'Drifted' : 'No drift'} />
      </div>
      <p class="muted">
        {formatCount(drift.rows.batch, 'row')} of this batch against {formatCount(drift.rows.baseline, 'row')} of{' '}
        <VersionLink pipeline={pipeline} version={drift.baseline} />. {formatNumber(100 * share)} % of the features
        drifted; more than {formatNumber(100 * limit)} % is too many.
      </p>
      {drift.problems.length > 0 && <Reasons of={drift.problems} />}
      <p class="legend">
        <span class="key key-baseline" /> champion’s data <span class="key key-batch" /> this batch
      </p>
      <div class="features">
        {features.map((feature) => (
          <DriftFeature
            key={feature.name}
            feature={feature}
            batch={featureOf(batch.data, feature.name)}
            baseline={featureOf(baseline.data, feature.name)}
            loading={batch.isPending || baseline.isPending}
          />
        ))}
      </div>
    </>
  );
}

function featureOf(profile: Profile | null | undefined, name: string) {
  return profile?.features.find((feature) => feature.name === name);
}
