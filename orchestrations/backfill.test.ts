import { expect, test } from 'vitest';
import { backfillInstance } from '../shared/names.ts';
import { runOrchestration } from '../tests/kit/orchestration-kit.ts';
import { backfill } from './backfill.ts';

const backfillId = 'iris-20260101-000000-abcdef';
const instanceId = backfillInstance(backfillId);

/** Runs a backfill that is over at its nth look, and answers the virtual minutes at which it looked. */
async function looks(over: number, events: number[] = []) {
  const at: number[] = [];
  const run = await runOrchestration(backfill, {
    input: { backfillId },
    instanceId,
    activities: {
      advanceBackfill: (input: { at: string }) => {
        at.push(Date.parse(input.at) / 60_000 - Date.parse('2026-01-01T00:00:00Z') / 60_000);
        return { over: at.length >= over, detail: `look ${at.length}` };
      },
    },
    events: events.map((minutes) => ({ at: minutes * 60_000, name: 'backfillChanged', instanceId })),
  });
  return { at, ...run };
}

test('it ends as soon as all partitions are over', async () => {
  const { output, at } = await looks(1);
  expect(output).toEqual({ detail: 'look 1' });
  expect(at).toEqual([0]);
});

test('it looks at once when a run is over or a person wants something', async () => {
  const { at } = await looks(3, [0.1, 0.2]);
  expect(at.map((minutes) => minutes.toFixed(1))).toEqual(['0.0', '0.1', '0.2']);
});

test('without a word it looks again, ever more slowly, for as long as it takes, at little cost', async () => {
  const { at, historyRows, statuses } = await looks(200);
  const gaps = at.slice(1).map((minutes, index) => minutes - (at[index] ?? 0));
  expect(gaps[0]).toBeCloseTo(0.25, 1);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(5.1);
  expect(at.at(-1)).toBeGreaterThan(12 * 60);
  expect(historyRows / 200).toBeLessThan(13);
  expect(statuses.at(-1)).toEqual({ waitingFor: 'look 199' });
});
