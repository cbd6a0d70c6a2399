/** What a pipeline asks of its metrics. */
export type MetricLimits = Record<string, { min?: number | undefined; max?: number | undefined }>;

export interface GateDecision {
  decision: 'pass' | 'review' | 'reject';
  reasons: string[];
}

/** Whether a model's metrics satisfy the declared limits; a metric that is missing or not finite never does. */
export function gate(metrics: Record<string, number>, limits: MetricLimits): GateDecision {
  const verdicts = Object.entries(limits).map(([name, limit]) => judge(name, metrics[name], limit));
  const failed = verdicts.filter((verdict) => !verdict.ok);
  return {
    decision: failed.length > 0 ? 'reject' : 'pass',
    reasons: (failed.length > 0 ? failed : verdicts).map((verdict) => verdict.reason),
  };
}

function judge(name: string, value: number | undefined, limit: MetricLimits[string]): { ok: boolean; reason: string } {
  if (value === undefined) return { ok: false, reason: `${name} is missing from the training job's metrics` };
  if (!Number.isFinite(value)) return { ok: false, reason: `${name} is ${value}, not a finite number` };
  const shown = Number(value.toPrecision(4));
  if (limit.min !== undefined && value < limit.min) {
    return { ok: false, reason: `${name} ${shown} is below the minimum ${limit.min}` };
  }
  if (limit.max !== undefined && value > limit.max) {
    return { ok: false, reason: `${name} ${shown} is above the maximum ${limit.max}` };
  }
  const bounds = [
    limit.min !== undefined && `at least ${limit.min}`,
    limit.max !== undefined && `at most ${limit.max}`,
  ];
  return { ok: true, reason: `${name} ${shown} is ${bounds.filter(Boolean).join(' and ')}` };
}
