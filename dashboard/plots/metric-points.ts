/** A version, as far as its place in a history of a metric is concerned. */
interface Measured {
  version: string;
  status: string;
  metrics: Record<string, number>;
  championMetrics?: Record<string, number>;
}

/** A metric of one version. */
export interface Point {
  version: string;
  value: number;
  isDeployed: boolean;
}

/** The history of a metric, oldest first; versions without it, or with no number, are left out. */
export function historyOf(newestFirst: Measured[], metric: string): Point[] {
  return newestFirst
    .flatMap(({ version, status, metrics }) => {
      const value = metrics[metric];
      return value !== undefined && Number.isFinite(value)
        ? [{ version, value, isDeployed: status === 'Deployed' }]
        : [];
    })
    .reverse();
}

/**
 * Names of all metrics that versions have: first those by which they were compared with the champion, so that counts of
 * rows and epochs come last, and then the most common.
 */
export function metricsOf(versions: Pick<Measured, 'metrics' | 'championMetrics'>[]): string[] {
  const counts = new Map<string, number>();
  for (const { metrics, championMetrics = {} } of versions) {
    for (const name of Object.keys(metrics)) {
      const weight = Object.hasOwn(championMetrics, name) ? versions.length + 1 : 1;
      counts.set(name, (counts.get(name) ?? 0) + weight);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) => name);
}
