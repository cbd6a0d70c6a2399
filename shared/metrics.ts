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

/** The metrics of these names in words, in their order; none for what was not measured. */
export function metricsInWords(metrics: Record<string, number>, names: string[]): string {
  return names
    .flatMap((name) => {
      const value = metrics[name];
      return value === undefined ? [] : `${name} ${shown(value)}`;
    })
    .join(', ');
}

/** Four decimals, but three digits of what is so small that these would hide it. */
function shown(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toPrecision(3) : value.toFixed(4);
}
