import type { DriftReport, Measures, Model, Review, Run } from '../connect/api-types.ts';
import { moment, number, percent } from './quantity.ts';
import { table } from './table.ts';
import { indent, oneLine } from './text.ts';

const MEASURES: [kind: keyof Measures, title: string][] = [
  ['psi', 'PSI'],
  ['ks', 'KS'],
  ['newCategories', 'NEW CATEGORIES'],
  ['missing', 'MISSING'],
];

/** All that a person needs to decide a review. */
export function reviewLines(
  run: Run,
  model: Model | undefined,
  drift: DriftReport | undefined,
  command: (text: string) => string,
): string[] {
  const { runId, review, gate } = run;
  const id = oneLine(runId);
  const reasons = review?.reasons ?? gate?.reasons ?? [];
  return [
    asked(run),
    ...reasons.flatMap((reason) => indent(reason, 4)),
    ...(model ? ['', ...metricLines(model)] : []),
    ...(drift ? ['', ...driftLines(drift)] : []),
    ...(review?.status === 'Waiting'
      ? [
          '',
          `→ ${command(`review ${id} --approve --comment "why"`)}`,
          `→ ${command(`review ${id} --reject --comment "why"`)}`,
        ]
      : []),
  ];
}

function asked({ runId, review, gate, status }: Run): string {
  if (!review) {
    const said = gate ? `the gate says ${gate.decision}` : `it is ${status.toLowerCase()} and not judged yet`;
    return oneLine(`${runId} asks nobody: ${said}.`);
  }
  if (review.status !== 'Waiting') return decidedLine(review) ?? oneLine(`${runId}: ${review.status.toLowerCase()}.`);
  const end = review.onDeadline === 'reject' ? 'rejected' : 'approved';
  return oneLine(`${runId} waits for a person until ${moment(review.deadlineAt)}; then ${review.version} is ${end}.`);
}

/** How a review was decided, and by whom. */
export function decidedLine({ status, version, decidedBy, decidedAt, comment }: Review): string | undefined {
  if (status === 'Waiting') return undefined;
  const who = decidedBy === undefined ? '' : ` by ${decidedBy}`;
  const when = decidedAt === undefined ? '' : ` at ${moment(decidedAt)}`;
  return oneLine(`${version}: ${status.toLowerCase()}${who}${when}${comment ? `: ${comment}` : ''}`);
}

/** Metrics of a model beside those of the champion on the same rows. */
function metricLines({ metrics, championMetrics, changedPredictions, lineage }: Model): string[] {
  const names = [...new Set([...Object.keys(metrics), ...Object.keys(championMetrics ?? {})])];
  const rows = names.map((name) => [name, number(metrics[name]), number(championMetrics?.[name])]);
  return [
    ...table(['METRIC', 'THIS MODEL', championMetrics ? `CHAMPION ${lineage.champion ?? ''}` : 'NO CHAMPION'], rows),
    ...(changedPredictions === undefined
      ? []
      : [`The two predict ${percent(changedPredictions)} of the held-out rows differently.`]),
  ];
}

/** Drift of each feature, measure by measure; what is beyond its limit is marked. */
function driftLines({ baseline, rows, features, problems }: DriftReport): string[] {
  const kinds = MEASURES.filter(([kind]) => features.some(({ measures }) => measures[kind]));
  const body = features.map(({ name, isLabel, drifted, measures }) => [
    `${drifted ? '!' : ' '} ${name}${isLabel ? ' (label)' : ''}`,
    ...kinds.map(([kind]) => measured(measures[kind])),
  ]);
  return [
    ...table(['  FEATURE', ...kinds.map(([, title]) => title)], body),
    oneLine(`${rows.batch} rows against ${rows.baseline} of ${baseline}; ! has drifted, > is beyond its limit.`),
    ...problems.flatMap((problem) => indent(problem)),
  ];
}

function measured(measure: Measures[keyof Measures]): string {
  if (!measure) return '';
  const { value, limit, exceeded } = measure;
  return `${number(value)} ${exceeded ? '>' : '≤'} ${number(limit)}`;
}
