import { formatShare } from '../format/number.ts';
import { pairCategories, type CategoryFeature } from './histogram-overlay.ts';
import './plot.css';
import './category-bars.css';

const WIDTH = 100;

/** The values of a category and their shares on both sides, as a table with bars. */
export function CategoryBars({ baseline, batch }: { baseline: CategoryFeature; batch: CategoryFeature }) {
  const pairs = pairCategories(baseline, batch);
  if (pairs.length === 0) return <p class="muted">Neither side has values, so that there is nothing to draw.</p>;
  const highest = Math.max(...pairs.map((pair) => Math.max(pair.baseline, pair.batch)));
  const width = (share: number) => (share / highest) * WIDTH;
  return (
    <table class="bars">
      <caption class="unseen">{`Shares of the values of ${batch.name}`}</caption>
      <thead class="unseen">
        <tr>
          <th scope="col">value</th>
          <th scope="col">drawn</th>
          <th scope="col">champion’s data</th>
          <th scope="col">this batch</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map((pair) => (
          <tr key={pair.value}>
            <th scope="row">{pair.value}</th>
            <td>
              <svg class="plot" viewBox={`0 0 ${WIDTH} 14`} preserveAspectRatio="none" aria-hidden="true">
                <rect class="baseline" y={0} width={width(pair.baseline)} height={6} />
                <rect class="batch-bar" y={7} width={width(pair.batch)} height={6} />
              </svg>
            </td>
            <td class="number muted">{formatShare(pair.baseline)}</td>
            <td class="number">{formatShare(pair.batch)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
