import { expect, test } from 'vitest';
import { metricsInWords, splitMetrics } from './metrics.ts';

test("a job's metrics are told apart by whose they are", () => {
  expect(splitMetrics({ accuracy: 0.9, 'champion.accuracy': 0.8, changedPredictions: 0.1, loss: 1 })).toEqual({
    own: { accuracy: 0.9, loss: 1 },
    champion: { accuracy: 0.8 },
    changedPredictions: 0.1,
  });
  expect(splitMetrics({ accuracy: 0.9 })).toEqual({ own: { accuracy: 0.9 } });
});

test('metrics in words come in the order that is asked for, without those that are not there', () => {
  const metrics = { loss: 0.00001234, r2: 0, rmse: 1234.56789, accuracy: 1 };
  expect(metricsInWords(metrics, ['rmse', 'mae', 'loss', 'r2'])).toBe('rmse 1234.5679, loss 0.0000123, r2 0.0000');
  expect(metricsInWords(metrics, ['mae'])).toBe('');
});
