import { describe, expect, test } from 'vitest';
import type { DriftReport } from './drift/report.ts';
import { gate, type Evidence } from './gate.ts';
import { pipelineSchema } from './pipeline.ts';

/** The rules of a pipeline that declares these. */
function rules(validate: object) {
  return pipelineSchema.parse({ name: 'p', landing: { prefix: 'p/' }, validate }).validate;
}

const judge = (evidence: Partial<Evidence>, validate: object) =>
  gate({ metrics: {}, problems: [], ...evidence }, rules(validate));

const drift = (over: Partial<DriftReport>): DriftReport => ({
  version: 1,
  baseline: 'old',
  batch: 'new',
  rows: { baseline: 150, batch: 150 },
  features: [],
  problems: [],
  chance: { falseAlarms: 0.01, tests: 1, pValue: 0.01 },
  driftedFeatures: { share: 0, limit: 0 },
  drifted: false,
  reasons: [],
  ...over,
});

describe('a metric', () => {
  test.each([
    ['good enough', { accuracy: 0.95 }, 'pass', 'accuracy 0.95 is at least 0.9'],
    ['exactly the minimum', { accuracy: 0.9 }, 'pass', 'accuracy 0.9 is at least 0.9'],
    ['too low', { accuracy: 0.5 }, 'reject', 'accuracy 0.5 is below the minimum 0.9'],
    ['missing', {}, 'reject', "accuracy is missing from the training job's metrics"],
    ['not a number', { accuracy: Number.NaN }, 'reject', 'accuracy is NaN, not a finite number'],
  ])('that is %s', (_, metrics, decision, reason) => {
    const decided = judge({ metrics: metrics as Record<string, number> }, { metrics: { accuracy: { min: 0.9 } } });
    expect(decided).toEqual({ decision, reasons: [reason] });
  });

  test('is held to a maximum too, and without limits all pass', () => {
    const decided = judge({ metrics: { loss: 2 } }, { metrics: { loss: { max: 1 } } });
    expect(decided.reasons).toEqual(['loss 2 is above the maximum 1']);
    expect(judge({}, {})).toEqual({ decision: 'pass', reasons: [] });
  });
});

describe('against the champion', () => {
  const higher = { metrics: { accuracy: { worseByAtMost: 0.02 } } };
  const lower = { metrics: { loss: { max: 9, worseByAtMost: 0.1 } } };
  test.each([
    ['better', higher, { accuracy: 0.97 }, { accuracy: 0.9 }, 'pass'],
    ['a little worse', higher, { accuracy: 0.89 }, { accuracy: 0.9 }, 'pass'],
    ['worse', higher, { accuracy: 0.85 }, { accuracy: 0.9 }, 'reject'],
    ['a lower loss', lower, { loss: 0.1 }, { loss: 0.9 }, 'pass'],
    ['a higher loss', lower, { loss: 1.2 }, { loss: 0.9 }, 'reject'],
    ['a champion whose metric is not known', higher, { accuracy: 0.97 }, {}, 'review'],
    ['a champion whose metric is no number', higher, { accuracy: 0.97 }, { accuracy: Infinity }, 'review'],
  ] as const)('%s', (_, declared, metrics, champion, decision) => {
    const evidence = { metrics, champion: { version: 'old', metrics: champion } };
    expect(judge(evidence, declared).decision).toBe(decision);
  });

  test('the first model has nothing to be compared with', () => {
    expect(judge({ metrics: { accuracy: 0.5 } }, higher).decision).toBe('pass');
  });

  test('too many changed predictions ask a person', () => {
    const evidence = { champion: { version: 'old', metrics: {}, changedPredictions: 0.4 } };
    expect(judge(evidence, {})).toEqual({
      decision: 'review',
      reasons: ['40 % of the held-out rows are predicted differently than by the champion, more than 30 %'],
    });
    expect(judge(evidence, { drift: { changedPredictions: 0.5 } }).decision).toBe('pass');
  });
});

test('drift, what could not be compared, failed data checks and other problems each ask a person', () => {
  const checks = {
    version: 1 as const,
    rows: 10,
    checks: [
      { check: 'a between 0 and 1', onFailure: 'review' as const, failed: 3, samples: [] },
      { check: 'b not null', onFailure: 'quarantineRows' as const, failed: 2, samples: [] },
    ],
  };
  expect(judge({ drift: drift({ drifted: true, reasons: ['petal_length: PSI 0.8 is above 0.2'] }) }, {})).toEqual({
    decision: 'review',
    reasons: ['petal_length: PSI 0.8 is above 0.2'],
  });
  expect(judge({ drift: drift({ problems: ['colour is missing'] }) }, {}).decision).toBe('review');
  expect(judge({ checks }, {}).reasons).toEqual(['data check failed for 3 rows: a between 0 and 1']);
  expect(judge({ problems: ['the champion could not be evaluated'] }, {}).decision).toBe('review');
  expect(judge({ drift: drift({}) }, {}).reasons).toEqual(["no drift from the champion's data (150 rows)"]);
});

test('a rejection outweighs a doubt, and says both; a thousand reasons are cut to a few', () => {
  const both = judge({ metrics: { accuracy: 0.1 }, problems: ['doubtful'] }, { metrics: { accuracy: { min: 0.9 } } });
  expect(both).toEqual({ decision: 'reject', reasons: ['accuracy 0.1 is below the minimum 0.9', 'doubtful'] });
  const many = judge({ problems: Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)) }, {});
  expect(many.reasons).toHaveLength(21);
  expect(JSON.stringify(many).length).toBeLessThan(8_000);
});
