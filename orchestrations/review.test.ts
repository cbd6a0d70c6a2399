import { describe, expect, test } from 'vitest';
import { runOrchestration } from '../tests/kit/orchestration-kit.ts';
import { REVIEW_DECIDED } from '../shared/names.ts';
import type { Review } from '../shared/run.ts';
import { review, type ReviewInput } from './review.ts';

const HOUR = 3_600_000;
const start = new Date('2026-01-01T00:00:00Z');
const instanceId = 'iris-20260101-000000-abcdef:review';
const input: ReviewInput = {
  runId: 'iris-20260101-000000-abcdef',
  reasons: ['petal_length: PSI 0.8 is above 0.2'],
  deadlineMs: 72 * HOUR,
  reminderMs: 24 * HOUR,
  onDeadline: 'reject',
};

/** A review whose row is decided after some hours, if at all, and whose event then comes, if at all. */
function run(options: { decided?: Partial<Review>; afterHours?: number; eventAfterHours?: number; over?: object }) {
  const { decided, afterHours = 0, eventAfterHours, over = {} } = options;
  const decidedAt = start.getTime() + afterHours * HOUR;
  const waiting = { ...input, version: 'v', status: 'Waiting', link: 'l', requestedAt: '', deadlineAt: '' };
  return runOrchestration(review, {
    input: { ...input, ...over },
    instanceId,
    start,
    activities: {
      openReview: () => waiting,
      alertReviewers: (_: { reminder: boolean }) => undefined,
      readReview: ({ at }: { at: string }) =>
        decided && Date.parse(at) >= decidedAt ? { ...waiting, ...decided } : waiting,
      endReview: ({ status }: { status: string }) => ({ ...waiting, status }),
      concludeReview: () => undefined,
    },
    events: eventAfterHours === undefined ? [] : [{ at: eventAfterHours * HOUR, name: REVIEW_DECIDED, instanceId }],
  });
}

const alerts = (calls: { name: string; input: unknown }[]) =>
  calls
    .filter(({ name }) => name === 'alertReviewers')
    .map(({ input: given }) => (given as { reminder: boolean }).reminder);

describe('a review', () => {
  test.each(['Approved', 'Rejected', 'Superseded', 'Cancelled'] as const)(
    'ends as %s as soon as it is decided',
    async (status) => {
      const { output, calls, elapsedMs } = await run({ decided: { status }, afterHours: 5, eventAfterHours: 5 });
      expect(output).toMatchObject({ status });
      expect(elapsedMs).toBe(5 * HOUR);
      expect(calls.at(-1)?.name).toBe('concludeReview');
      expect(alerts(calls)).toEqual([false]);
    },
  );

  test('that nobody decides is reminded of once and expires at its deadline', async () => {
    const { output, calls, elapsedMs, historyRows } = await run({});
    expect(output).toMatchObject({ status: 'Expired' });
    expect(elapsedMs).toBe(72 * HOUR);
    expect(alerts(calls)).toEqual([false, true]);
    expect(historyRows).toBeLessThan(60);
  });

  test('whose event is lost finds its decision within a day', async () => {
    const { output, elapsedMs } = await run({ decided: { status: 'Approved' }, afterHours: 1 });
    expect(output).toMatchObject({ status: 'Approved' });
    expect(elapsedMs).toBe(24 * HOUR);
  });

  test('takes a stray event calmly', async () => {
    const { output, elapsedMs } = await run({ eventAfterHours: 1 });
    expect(output).toMatchObject({ status: 'Expired' });
    expect(elapsedMs).toBe(72 * HOUR);
  });

  test('without a time for a reminder before the deadline sends none', async () => {
    const { calls } = await run({ over: { deadlineMs: HOUR } });
    expect(alerts(calls)).toEqual([false]);
  });

  test('waits on, and says so, when no alert can be delivered', async () => {
    const { output, statuses } = await runOrchestration(review, {
      input,
      instanceId,
      start,
      activities: {
        openReview: () => ({}),
        alertReviewers: () => {
          throw new Error('REVIEW_WEBHOOK_URL answered 500');
        },
        readReview: () => ({ status: 'Waiting' }),
        endReview: () => ({ status: 'Expired' }),
        concludeReview: () => undefined,
      },
    });
    expect(output).toEqual({ status: 'Expired' });
    expect(statuses.slice(0, 2)).toEqual([
      { waitingFor: 'a review until 2026-01-04T00:00:00.000Z' },
      {
        waitingFor: 'a review until 2026-01-04T00:00:00.000Z (no alert went out: REVIEW_WEBHOOK_URL answered 500)',
      },
    ]);
  });
});
