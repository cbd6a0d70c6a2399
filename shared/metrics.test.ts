import { expect, test } from 'vitest';
import { splitMetrics } from './metrics.ts';

test("a job's metrics are told apart by whose they are", () => {
  expect(splitMetrics({ accuracy: 0.9, 'champion.accuracy': 0.8, changedPredictions: 0.1, loss: 1 })).toEqual({
    own: { accuracy: 0.9, loss: 1 },
    champion: { accuracy: 0.8 },
    changedPredictions: 0.1,
  });
  expect(splitMetrics({ accuracy: 0.9 })).toEqual({ own: { accuracy: 0.9 } });
});
