import type { Backfill, Partition } from '../connect/api-types.ts';
import { bytes, count, moment } from './quantity.ts';
import { facts, table } from './table.ts';
import { oneLine } from './text.ts';

/** Backfills as a table. */
export function backfillTable(backfills: Backfill[]): string[] {
  if (backfills.length === 0) return ['There are no backfills.'];
  const rows = backfills.map((backfill) => {
    const { backfillId, pipeline, status, from, to, startedAt } = backfill;
    return [backfillId, pipeline, status, `${moment(from)} – ${moment(to)}`, progress(backfill), moment(startedAt)];
  });
  return table(['BACKFILL', 'PIPELINE', 'STATUS', 'OF', 'PARTS', 'STARTED'], rows);
}

/** One backfill with its parts. */
export function backfillLines(backfill: Backfill): string[] {
  const { backfillId, pipeline, status, from, to, partition, parallel, partitions, waitingFor } = backfill;
  const { startedAt, finishedAt } = backfill;
  return [
    oneLine(`${backfillId}  ${status}`),
    ...facts([
      ['pipeline', pipeline],
      ['of', `${moment(from)} – ${moment(to)}, by the ${partition}, ${count(parallel, 'run')} at a time`],
      ['started', moment(startedAt)],
      ['ended', moment(finishedAt)],
      ['parts', progress(backfill)],
      ['waits for', waitingFor],
    ]),
    ...partitionTable(partitions),
  ];
}

/** The parts of a backfill. */
export function partitionTable(partitions: Partition[]): string[] {
  const rows = partitions.map(({ from, to, files, bytes: size, status, runId }) => [
    moment(from),
    moment(to),
    String(files),
    bytes(size),
    status,
    runId,
  ]);
  return table(['FROM', 'TO', 'FILES', 'SIZE', 'STATUS', 'RUN'], rows);
}

/** What a backfill is about to do. */
export function planLine(partitions: Partition[]): string {
  const files = partitions.reduce((sum, part) => sum + part.files, 0);
  return `${count(partitions.length, 'run')} over ${count(files, 'file')}`;
}

/** How far a backfill is. */
export function progress({ partitions }: Backfill): string {
  const over = partitions.filter(({ status }) => status !== undefined && !['Pending', 'Running'].includes(status));
  const bad = over.filter(({ status }) => status !== 'Succeeded').length;
  return `${over.length} of ${partitions.length}${bad > 0 ? `, ${bad} not well` : ''}`;
}
