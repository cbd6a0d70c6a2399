import { describe, expect, test } from 'vitest';
import {
  batchId,
  jobName,
  newestFirstKey,
  parseResultPath,
  parseRunId,
  PIPELINE_NAME_LIMIT,
  runIdOf,
  runPaths,
  closedAt,
} from './names.ts';

const batch = batchId(new Date('2026-11-24T10:15:02.345Z'), '3FA9-3fa9c1d2'.toLowerCase());

test('a batch id tells its time and stays a part of a DNS label', () => {
  expect(batch).toBe('20261124-101502-3fa93f');
  const longest = 'p'.repeat(PIPELINE_NAME_LIMIT);
  expect(`${jobName(runIdOf(longest, batch), 'train', 1)}-worker-0`.length).toBeLessThanOrEqual(63);
  expect(`${jobName(runIdOf(longest, batch), 'process', 9)}-driver`.length).toBeLessThanOrEqual(63);
});

test('a batch id gives its time back, to the second', () => {
  const at = new Date('2026-03-01T10:15:02.987Z');
  expect(closedAt(batchId(at, 'abcdef')).toISOString()).toBe('2026-03-01T10:15:02.000Z');
});

test('row keys sort newest first', () => {
  const ids = ['2025-01-01', '2026-01-01', '2026-11-24'].map((day) => batchId(new Date(day), 'abcdef'));
  const keys = ids.map(newestFirstKey);
  expect([...keys].sort()).toEqual([...keys].reverse());
});

test('pipeline and batch are read back from a run id, also when the name has hyphens and digits', () => {
  expect(parseRunId(runIdOf('churn-2', batch))).toEqual({ pipeline: 'churn-2', batchId: batch });
  for (const wrong of [
    'iris',
    'iris-20261124-101502',
    '-20261124-101502-3fa9c1',
    'Iris-20261124-101502-3fa9c1',
    '../x',
  ]) {
    expect(parseRunId(wrong)).toBeUndefined();
  }
});

describe('result paths', () => {
  const paths = runPaths('iris', batch);
  test('name run, stage and attempt', () => {
    expect(parseResultPath(paths.result('train', 2))).toEqual({
      runId: runIdOf('iris', batch),
      stage: 'train',
      attempt: 2,
    });
  });
  test.each(['runs/iris/result.json', paths.progress('train', 1), 'landing/iris/x/train/1/result.json'])(
    '%s is none',
    (path) => {
      expect(parseResultPath(path)).toBeUndefined();
    },
  );
});
