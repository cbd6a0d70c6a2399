import type { ModelVersion } from '../api/queries.ts';
import { formatDifference, formatNumber, formatShare } from '../format/number.ts';
import { Table } from '../parts/table.tsx';

type Compared = Pick<ModelVersion, 'metrics' | 'championMetrics' | 'changedPredictions'>;

/** A version's metrics beside those of the champion of its time, on the same held-out rows. */
export function MetricComparison({ model: { metrics, championMetrics, changedPredictions } }: { model: Compared }) {
  const rows = Object.entries(metrics).map(([name, value]) => {
    const before = championMetrics?.[name];
    const cells = [name, formatNumber(value)];
    if (!championMetrics) return { key: name, cells };
    return {
      key: name,
      cells: [
        ...cells,
        before === undefined ? '–' : formatNumber(before),
        before === undefined ? '–' : formatDifference(value - before),
      ],
    };
  });
  return (
    <>
      <Table
        stacks
        caption="Metrics"
        columns={['metric', '#this model', ...(championMetrics ? ['#champion', '#difference'] : [])]}
        rows={rows}
        empty="The training has reported no metrics."
      />
      <p class="muted">
        {championMetrics
          ? 'Both on the same held-out rows.'
          : 'There was no champion that could be evaluated on the same rows.'}
        {changedPredictions !== undefined &&
          ` The two answer differently on ${formatShare(changedPredictions)} of the rows.`}
      </p>
    </>
  );
}
