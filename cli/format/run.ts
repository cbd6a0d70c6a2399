import type { Run, Stage } from '../connect/api-types.ts';
import { commandFor } from './hint.ts';
import { between, elapsed, metricsLine, moment } from './quantity.ts';
import { facts, table } from './table.ts';
import { indent, oneLine, pad } from './text.ts';

const JOBS = new Set(['process', 'train']);
const MARKS = new Map<string, string>([
  ['Succeeded', '✔'],
  ['Running', '…'],
  ['Pending', ' '],
]);
const NAME_WIDTH = 9;
const LISTED_METRICS = 2;

/** Runs as a table. */
export function runTable(runs: Run[], now: number): string[] {
  if (runs.length === 0) return ['There are no runs.'];
  const rows = runs.map((run) => [
    run.runId,
    run.status,
    standing(run),
    moment(run.startedAt),
    pad(elapsed(Date.parse(run.finishedAt ?? new Date(now).toISOString()) - Date.parse(run.startedAt)), 9, 'right'),
    metricsLine(run.metrics, LISTED_METRICS),
  ]);
  return table(['RUN', 'STATUS', 'WHERE', 'STARTED', 'TOOK', 'METRICS'], rows);
}

function standing({ status, stage, finishedAt, review }: Run): string {
  if (review?.status === 'Waiting') return 'waits for a review';
  if (status === 'Succeeded') return '';
  return stage === undefined ? '' : `${finishedAt ? 'in' : 'at'} ${stage}`;
}

/** Everything of one run. */
export function runLines(run: Run, command: (text: string) => string): string[] {
  const { runId, pipeline, status, startedAt, finishedAt, stages, modelVersion, gate } = run;
  return [
    `${oneLine(runId)}  ${oneLine(status)}`,
    ...facts([
      ['pipeline', pipeline],
      ['started', moment(startedAt)],
      ['took', between(startedAt, finishedAt)],
      ['waits for', finishedAt ? undefined : run.waitingFor],
      ['model', modelVersion],
      ['metrics', metricsLine(run.metrics)],
      ['gate', gate?.decision],
    ]),
    ...(gate?.reasons ?? []).flatMap((reason) => indent(reason, 4)),
    ...stages.filter(({ status: of }) => of !== 'Pending').map(stageLine),
    ...reviewHint(run, command),
    ...(run.error ? failure(run, command) : []),
  ];
}

/** One stage: what it did and how long it took. */
export function stageLine({ name, status, startedAt, finishedAt, detail, reusedFrom }: Stage): string {
  const mark = MARKS.get(status) ?? '✖';
  const source = reusedFrom ? `taken over from ${reusedFrom}` : undefined;
  const said = [source, detail].filter((text) => text !== undefined).join(': ') || status;
  return `  ${mark} ${pad(oneLine(name), NAME_WIDTH)} ${pad(between(startedAt, finishedAt), 8, 'right')}  ${oneLine(said)}`;
}

/** What a run that is under way does now. */
export function nowLine({ stages, waitingFor, review }: Run, now: number): string | undefined {
  const active = stages.find(({ status }) => status === 'Running');
  if (!active?.startedAt) return undefined;
  const waits = review?.status === 'Waiting' ? 'a review' : waitingFor;
  const since = elapsed(now - Date.parse(active.startedAt));
  return `${pad(oneLine(active.name), NAME_WIDTH)} ${waits ? `${oneLine(waits)} · ` : '· '}${since}`;
}

/** What is asked of a person, where a run waits for one, and how to answer. */
export function reviewHint({ runId, review }: Run, command: (text: string) => string): string[] {
  if (review?.status !== 'Waiting') return [];
  const end = review.onDeadline === 'reject' ? 'rejected' : 'approved';
  return [
    `  ? review    a person must decide until ${moment(review.deadlineAt)}, or the model is ${end}:`,
    ...review.reasons.flatMap((reason) => indent(reason, 6)),
    `    → ${command(`review ${oneLine(runId)}`)}   shows what is asked`,
    `    → ${command(`review ${oneLine(runId)} --approve --comment "why"`)}   (or --reject)`,
  ];
}

/** How a run ended. */
export function endLines(run: Run, command: (text: string) => string): string[] {
  const { runId, pipeline, status, modelVersion, metrics, startedAt, finishedAt } = run;
  if (status !== 'Succeeded') return ['', ...failure(run, command)];
  const took = between(startedAt, finishedAt ?? startedAt);
  const told = metricsLine(metrics);
  return serves(run)
    ? ['', `✔ ${oneLine(`${pipeline} ${modelVersion}`)} serves after ${took}${told && `: ${told}`}`]
    : ['', `✔ ${oneLine(runId)} ended after ${took}, as it was asked to${told && `: ${told}`}`];
}

/** Whether a run has set its model live. */
export function serves({ status, modelVersion, stages }: Run): boolean {
  return (
    status === 'Succeeded' &&
    modelVersion !== undefined &&
    stages.some(({ name, status: of }) => name === 'rollout' && of === 'Succeeded')
  );
}

function failure({ runId, status, error }: Run, command: (text: string) => string): string[] {
  const where = error ? ` in ${error.stage}: ${error.reason}` : '';
  const isJob = error !== undefined && JOBS.has(error.stage) && status === 'Failed';
  return [
    oneLine(`✖ ${runId} ${status.toLowerCase()}${where}`),
    ...(error ? indent(error.message) : []),
    ...(error?.hint ? [`  → ${oneLine(commandFor(error.hint))}`] : []),
    ...(isJob ? [`  → ${command(`logs ${oneLine(runId)} ${oneLine(error.stage)}`)}`] : []),
  ];
}
