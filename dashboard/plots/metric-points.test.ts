import { expect, test } from 'vitest';
import { historyOf, metricsOf } from './metric-points.ts';

const versions = [
  { version: 'c', status: 'Rejected', metrics: { accuracy: 0.9, loss: Number.NaN } },
  { version: 'b', status: 'Deployed', metrics: { accuracy: 0.95, f1: 0.9 } },
  { version: 'a', status: 'Deployed', metrics: { loss: 0.1 } },
];

test('a history is oldest first, without versions that lack the metric', () => {
  expect(historyOf(versions, 'accuracy')).toEqual([
    { version: 'b', value: 0.95, isDeployed: true },
    { version: 'c', value: 0.9, isDeployed: false },
  ]);
  expect(historyOf(versions, 'loss').map(({ version }) => version)).toEqual(['a']);
  expect(historyOf([], 'loss')).toEqual([]);
});

test('metrics are named once, the most common first', () => {
  expect(metricsOf(versions)).toEqual(['accuracy', 'loss', 'f1']);
});
