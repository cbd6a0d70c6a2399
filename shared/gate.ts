import type { CheckReport } from './data-checks.ts';
import type { DriftReport } from './drift/report.ts';
import type { MetricLimit, ValidateRules } from './pipeline.ts';

export interface GateDecision {
  decision: 'pass' | 'review' | 'reject';
  /** In words and numbers; of a decision against the model, the gravest first. */
  reasons: string[];
}

/** What a model is judged by. */
export interface Evidence {
  /** The model's own metrics on its held-out rows. */
  metrics: Record<string, number>;
  /** The champion on the same rows; absent where there is no champion. */
  champion?: { version: string; metrics: Record<string, number>; changedPredictions?: number };
  drift?: DriftReport;
  checks?: CheckReport;
  /** Why something could not be compared or measured. */
  problems: string[];
}

/** A run shows its reasons in its status, which holds 16 kB. */
const REASONS_SHOWN = 20;
const REASON_LIMIT = 300;

interface Finding {
  decision: GateDecision['decision'];
  reason: string;
}

/**
 * Whether a model may go to its users. What the pipeline declares as a limit on metrics rejects; what is doubtful
 * (drift, changed predictions, failed data checks, anything that could not be compared) asks a person.
 */
export function gate(evidence: Evidence, rules: ValidateRules): GateDecision {
  const findings = [
    ...Object.entries(rules.metrics).flatMap(([name, limit]) => metricFindings(name, limit, evidence)),
    ...predictionFindings(evidence, rules.drift.changedPredictions),
    ...driftFindings(evidence),
    ...checkFindings(evidence),
    ...evidence.problems.map((reason): Finding => ({ decision: 'review', reason })),
  ];
  const of = (decision: Finding['decision']) => findings.filter((finding) => finding.decision === decision);
  const [rejected, doubtful, passed] = [of('reject'), of('review'), of('pass')];
  if (rejected.length > 0) return { decision: 'reject', reasons: shown([...rejected, ...doubtful]) };
  if (doubtful.length > 0) return { decision: 'review', reasons: shown(doubtful) };
  return { decision: 'pass', reasons: shown(passed) };
}

function shown(findings: Finding[]): string[] {
  const reasons = findings.slice(0, REASONS_SHOWN).map(({ reason }) => reason.slice(0, REASON_LIMIT));
  const more = findings.length - reasons.length;
  return more > 0 ? [...reasons, `and ${more} more`] : reasons;
}

function metricFindings(name: string, limit: MetricLimit, { metrics, champion }: Evidence): Finding[] {
  const value = metrics[name];
  const refuse = (reason: string): Finding[] => [{ decision: 'reject', reason }];
  if (value === undefined) return refuse(`${name} is missing from the training job's metrics`);
  if (!Number.isFinite(value)) return refuse(`${name} is ${value}, not a finite number`);
  if (limit.min !== undefined && value < limit.min) {
    return refuse(`${name} ${rounded(value)} is below the minimum ${limit.min}`);
  }
  if (limit.max !== undefined && value > limit.max) {
    return refuse(`${name} ${rounded(value)} is above the maximum ${limit.max}`);
  }
  const bounds = [
    limit.min !== undefined && `at least ${limit.min}`,
    limit.max !== undefined && `at most ${limit.max}`,
  ].filter(Boolean);
  const within = `${name} ${rounded(value)} is ${bounds.join(' and ')}`;
  const kept: Finding[] = bounds.length > 0 ? [{ decision: 'pass', reason: within }] : [];
  return champion ? [...kept, ...comparison(name, value, limit, champion)] : kept;
}

function comparison(
  name: string,
  value: number,
  limit: MetricLimit,
  { version, metrics }: NonNullable<Evidence['champion']>,
): Finding[] {
  if (limit.worseByAtMost === undefined) return [];
  const before = metrics[name];
  if (before === undefined || !Number.isFinite(before)) {
    return [{ decision: 'review', reason: `${name} of the champion ${version} is not known on the same rows` }];
  }
  const better = limit.better ?? (limit.max !== undefined && limit.min === undefined ? 'lower' : 'higher');
  const worseBy = better === 'higher' ? before - value : value - before;
  const pair = `${name} ${rounded(value)} against the champion's ${rounded(before)} on the same rows`;
  return worseBy > limit.worseByAtMost
    ? [{ decision: 'reject', reason: `${pair} is worse by more than ${limit.worseByAtMost}` }]
    : [{ decision: 'pass', reason: `${pair} is not worse by more than ${limit.worseByAtMost}` }];
}

function predictionFindings({ champion }: Evidence, limit: number): Finding[] {
  const changed = champion?.changedPredictions;
  if (changed === undefined) return [];
  const share = `${percent(changed)} of the held-out rows are predicted differently than by the champion`;
  return changed > limit
    ? [{ decision: 'review', reason: `${share}, more than ${percent(limit)}` }]
    : [{ decision: 'pass', reason: `${share}, at most ${percent(limit)}` }];
}

function driftFindings({ drift }: Evidence): Finding[] {
  if (!drift) return [];
  const against = [...drift.problems, ...(drift.drifted ? drift.reasons : [])];
  if (against.length > 0) return against.map((reason) => ({ decision: 'review', reason }));
  return [{ decision: 'pass', reason: `no drift from the champion's data (${drift.rows.batch} rows)` }];
}

function checkFindings({ checks }: Evidence): Finding[] {
  const failed = checks?.checks.filter((check) => check.onFailure === 'review' && check.failed > 0) ?? [];
  return failed.map((check) => ({
    decision: 'review',
    reason: `data check failed for ${check.failed} rows: ${check.check}`,
  }));
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function percent(share: number): string {
  return `${rounded(share * 100)} %`;
}
