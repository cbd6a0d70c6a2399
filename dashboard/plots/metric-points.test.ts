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

test('metrics by which versions were compared come before counts that each of them has', () => {
  const compared = [
    { metrics: { epochs: 60, heldOutRows: 30, loss: 0.1 }, championMetrics: { loss: 0.2 } },
    { metrics: { epochs: 60, heldOutRows: 30 } },
    { metrics: { epochs: 60, heldOutRows: 30 } },
  ];
  expect(metricsOf(compared)).toEqual(['loss', 'epochs', 'heldOutRows']);
});
