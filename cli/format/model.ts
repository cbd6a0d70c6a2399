import type { Model, ModelList } from '../connect/api-types.ts';
import { bytes, count, metricsLine, moment, percent } from './quantity.ts';
import { decidedLine } from './review.ts';
import { facts, table } from './table.ts';
import { indent, oneLine } from './text.ts';

const FILES_SHOWN = 10;
const LISTED_METRICS = 2;

/** Versions as a table. */
export function modelTable({ aliases, value }: ModelList): string[] {
  if (value.length === 0) return ['There are no versions yet: drop data for the pipeline.'];
  const alias = (version: string) =>
    Object.entries(aliases)
      .filter(([, of]) => of === version)
      .map(([name]) => name)
      .join(', ');
  const rows = value.map(({ version, status, createdAt, metrics }) => [
    version,
    status,
    alias(version),
    moment(createdAt),
    metricsLine(metrics, LISTED_METRICS),
  ]);
  return table(['VERSION', 'STATUS', 'ALIAS', 'CREATED', 'METRICS'], rows);
}

/** Everything of one version. */
export function modelLines(model: Model): string[] {
  const { pipeline, version, status, runId, metrics, championMetrics, changedPredictions, gate, review, lineage } =
    model;
  const { promotion } = model;
  const files = lineage.files.slice(0, FILES_SHOWN);
  const left = lineage.files.length - files.length;
  return [
    oneLine(`${pipeline} ${version}  ${status}`),
    ...facts([
      ['created', moment(model.createdAt)],
      ['run', runId],
      ['metrics', metricsLine(metrics)],
      ['champion then', championMetrics && `${lineage.champion ?? ''} ${metricsLine(championMetrics)}`],
      ['changed', changedPredictions === undefined ? undefined : `${percent(changedPredictions)} of the predictions`],
      ['gate', gate?.decision],
      ['review', review && decidedLine(review)],
      ['promotion', promotion && promotionLine(promotion)],
      ['weights from', lineage.baseVersion],
      ['code', model.codeDigest],
      ['image', model.image],
      ['folder', model.path],
      ['trained on', count(lineage.files.length, 'file')],
    ]),
    ...files.map(({ path, size }) => `    ${oneLine(path)}  ${bytes(size)}`),
    ...(left > 0 ? [`    … and ${count(left, 'file')} more: ${oneLine(lineage.batch)}`] : []),
    ...(gate?.reasons ?? []).flatMap((reason) => indent(`gate: ${reason}`)),
  ];
}

/** How a promotion by hand stands. */
export function promotionLine({ status, waitingFor, error }: NonNullable<Model['promotion']>): string {
  if (error) return `${status}: ${error.reason}: ${error.message}`;
  return waitingFor && status === 'Running' ? `${status}: ${waitingFor}` : status;
}
