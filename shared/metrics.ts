const CHAMPION = 'champion.';
const CHANGED = 'changedPredictions';

/** A training job's metrics, apart by whose they are. */
export interface TrainingMetrics {
  own: Record<string, number>;
  /** The champion's on the same held-out rows; absent where none was evaluated. */
  champion?: Record<string, number>;
  changedPredictions?: number;
}

/** Splits the flat metrics of result.json: `accuracy` is the model's, `champion.accuracy` the champion's. */
export function splitMetrics(metrics: Record<string, number>): TrainingMetrics {
  const entries = Object.entries(metrics);
  const champion = entries
    .filter(([name]) => name.startsWith(CHAMPION))
    .map(([name, value]) => [name.slice(CHAMPION.length), value] as const);
  const own = entries.filter(([name]) => name !== CHANGED && !name.startsWith(CHAMPION));
  const changed = metrics[CHANGED];
  return {
    own: Object.fromEntries(own),
    ...(champion.length > 0 && { champion: Object.fromEntries(champion) }),
    ...(changed !== undefined && { changedPredictions: changed }),
  };
}
