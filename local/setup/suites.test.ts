import { expect, test } from 'vitest';
import { formatCounts, judge, needsNotebooks, needsPython, readJunit, readVitest, suiteNames } from './suites.mjs';

test('reports are read', () => {
  const vitest = JSON.stringify({ numPassedTests: 4, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 });
  expect(readVitest(vitest)).toEqual({ passed: 4, failed: 1, skipped: 3 });
  const junit =
    '<?xml?><testsuites name="x"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1">';
  expect(readJunit(junit)).toEqual({ passed: 4, failed: 3, skipped: 3 });
});

test.each([
  [{ passed: 3, failed: 0, skipped: 0 }, true, 0],
  [{ passed: 3, failed: 2, skipped: 0 }, false, 2],
  [{ passed: 3, failed: 0, skipped: 0 }, false, 1],
  [{ passed: 0, failed: 0, skipped: 0 }, true, 1],
  [{ passed: 0, failed: 0, skipped: 5 }, true, 1],
])('a suite that breaks or runs nothing has failed (%#)', (counts, succeeded, failed) => {
  expect(judge(counts, succeeded).failed).toBe(failed);
});

test('skipped tests are mentioned only when there are any', () => {
  expect(formatCounts({ passed: 1, failed: 0, skipped: 0 })).toBe('1 passed, 0 failed');
  expect(formatCounts({ passed: 1, failed: 0, skipped: 2 })).toBe('1 passed, 0 failed, 2 skipped');
});

test('checks and unit tests need no Python, and only the notebook’s test its packages', () => {
  expect(needsPython(['typecheck', 'eslint', 'prettier', 'unit'])).toBe(false);
  expect(suiteNames.filter((name) => needsPython([name]))).toEqual(['ruff', 'contract', 'e2e', 'pytest']);
  expect(suiteNames.filter((name) => needsNotebooks([name]))).toEqual(['e2e']);
});
