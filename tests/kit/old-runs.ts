import type { TransactionAction } from '@azure/data-tables';
import { batchId, newestFirstKey, runIdOf, runPaths } from '../../shared/names.ts';
import type { Batch, Run } from '../../shared/run.ts';
import type { RunningPlatform } from './running-platform.ts';

/** The most that Table storage takes at once. */
const TRANSACTION = 100;
const PIPELINE = 'iris';
const MINUTE_MS = 60_000;
const NEWEST = Date.parse('2026-01-01T00:00:00Z');

/** Writes what an app of many runs has in its table, and a batch of many files; all of it is over and failed. */
export async function addOldRuns(platform: RunningPlatform, count: { runs: number; files: number }) {
  const runs = Array.from({ length: count.runs }, (_, at) => oldRun(new Date(NEWEST - at * MINUTE_MS)));
  const table = platform.table('Runs');
  for (let at = 0; at < runs.length; at += TRANSACTION) {
    const rows = runs.slice(at, at + TRANSACTION).map((run): TransactionAction => ['create', rowOf(run)]);
    await table.submitTransaction(rows);
  }
  const [newest, oldest] = [runs[0], runs.at(-1)];
  if (!newest || !oldest) throw new Error('Expected at least one run');
  const path = runPaths(PIPELINE, newest.batchId).batch.replace(/^runs\//, '');
  const content = JSON.stringify(batchOf(newest, count.files));
  await platform.lake.getFileSystemClient('runs').getFileClient(path).upload(Buffer.from(content), { close: true });
  return { oldest: oldest.runId, withFiles: newest.runId };
}

function oldRun(startedAt: Date): Run {
  const id = batchId(startedAt, 'abcdef');
  const time = startedAt.toISOString();
  return {
    runId: runIdOf(PIPELINE, id),
    pipeline: PIPELINE,
    batchId: id,
    status: 'Failed',
    stage: 'train',
    stages: [{ name: 'train', status: 'Failed', startedAt: time, finishedAt: time }],
    error: { stage: 'train', reason: 'OOMKilled', message: 'OutOfMemory <b>bold</b>', hint: 'Give it more memory.' },
    startedAt: time,
    finishedAt: time,
  };
}

function rowOf(run: Run) {
  const keys = { partitionKey: PIPELINE, rowKey: newestFirstKey(run.batchId) };
  return { ...keys, status: run.status, document: JSON.stringify(run) };
}

function batchOf({ runId, batchId: id, startedAt }: Run, files: number): Batch {
  return {
    pipeline: PIPELINE,
    batchId: id,
    runId,
    createdAt: startedAt,
    files: Array.from({ length: files }, (_, at) => ({
      path: `landing/iris/old/file-${at}.csv`,
      eTag: '"1"',
      size: 1_000,
    })),
  };
}
