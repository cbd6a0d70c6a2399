import { expect, test } from 'vitest';
import type { EndedSpan, SpanFacts, Tracing } from '../../shared/clients/tracing.ts';
import { runSpan, stageSpan, traceParent, type SpanRef } from '../../shared/trace-context.ts';
import { endedSpans, traceActivity } from './trace-activity.ts';

const RUN = 'iris-20261124-101502-3fa9c1';
const [T0, T1, T2] = ['2026-11-24T10:15:02.000Z', '2026-11-24T10:15:12.000Z', '2026-11-24T10:15:22.000Z'];
const collect = { name: 'collect', status: 'Succeeded', startedAt: T0, finishedAt: T1 } as const;
const process = { name: 'process', status: 'Failed', startedAt: T1, finishedAt: T2, detail: 'out of memory' } as const;

interface Call {
  name: string;
  parent: SpanRef;
  facts: SpanFacts;
}

function noted() {
  const [calls, told]: [Call[], EndedSpan[]] = [[], []];
  const tracing: Tracing = {
    during: (name, parent, facts, work) => (calls.push({ name, parent, facts }), work()),
    tell: (span) => void told.push(span),
    flush: () => Promise.resolve(),
  };
  return { tracing, calls, told };
}

async function parentOf(input: object, traceParent?: string): Promise<SpanRef | undefined> {
  const { tracing, calls } = noted();
  await traceActivity(tracing, { name: 'submitJob', input, traceParent }, () => Promise.resolve(undefined));
  return calls[0]?.parent;
}

test('an activity hangs below its stage, or below the run where it names none', async () => {
  expect(await parentOf({ runId: RUN, stage: 'train', attempt: 1 })).toEqual(stageSpan(RUN, 'train'));
  expect(await parentOf({ runId: RUN })).toEqual(runSpan(RUN));
});

test('where the host has a span in the same trace, below that; another trace is no parent', async () => {
  const host = { traceId: runSpan(RUN).traceId, spanId: 'a'.repeat(16) };
  expect(await parentOf({ runId: RUN, stage: 'train' }, traceParent(host))).toEqual(host);
  const other = { ...host, traceId: 'b'.repeat(32) };
  expect(await parentOf({ runId: RUN, stage: 'train' }, traceParent(other))).toEqual(stageSpan(RUN, 'train'));
});

test('an activity that belongs to no run is in no trace', async () => {
  const { tracing, calls } = noted();
  const done = await traceActivity(tracing, { name: 'surveyLanding', input: { pipeline: 'iris' } }, async () => 7);
  expect([done, calls]).toEqual([7, []]);
});

test('a stage is told of once it is announced, with its own times', async () => {
  const { tracing, told } = noted();
  const input = { runId: RUN, stage: collect };
  await traceActivity(tracing, { name: 'announceStage', input }, () => Promise.resolve(undefined));
  const span = { name: 'collect', span: stageSpan(RUN, 'collect'), parent: runSpan(RUN) };
  const facts = { run: RUN, pipeline: 'iris', stage: 'collect', status: 'Succeeded' };
  expect(told).toMatchObject([{ ...span, startedAt: new Date(T0), endedAt: new Date(T1), facts }]);
  expect(told[0]?.failure).toBeUndefined();
});

test('closing a run tells of the run and of the stage that failed, and not again of those before', () => {
  const pending = { name: 'train', status: 'Pending' } as const;
  const error = { stage: 'process', reason: 'OOMKilled', message: 'out of memory' } as const;
  const spans = endedSpans('closeRun', RUN, {
    runId: RUN,
    at: T2,
    outcome: { status: 'Failed', error },
    progress: { stage: 'process', stages: [collect, process, pending] },
  });
  expect(spans).toMatchObject([
    { name: 'process', span: stageSpan(RUN, 'process'), failure: 'out of memory' },
    { name: 'run', span: runSpan(RUN), startedAt: new Date(T0), endedAt: new Date(T2), failure: 'out of memory' },
  ]);
  expect(spans[1]?.facts).toEqual({ status: 'Failed', reason: 'OOMKilled', stage: 'process' });
});

test('an activity that failed tells of no end', async () => {
  const { tracing, told } = noted();
  const input = { runId: RUN, stage: collect };
  const broken = () => Promise.reject(new Error('no topic'));
  await expect(traceActivity(tracing, { name: 'announceStage', input }, broken)).rejects.toThrow('no topic');
  expect(told).toEqual([]);
});
