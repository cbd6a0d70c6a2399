import { context, diag, propagation } from '@opentelemetry/api';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startTraceReceiver, type TraceReceiver } from '../../tests/kit/trace-receiver.ts';
import { runSpan, stageSpan } from '../trace-context.ts';
import { createTracing, type Tracing } from './tracing.ts';

const RUN = 'iris-20261124-101502-3fa9c1';
let receiver: TraceReceiver | undefined;
afterEach(async () => {
  context.disable();
  propagation.disable();
  diag.disable();
  await receiver?.close();
});

const startedAt = new Date('2026-11-24T10:15:02Z');
const endedAt = new Date('2026-11-24T10:15:12Z');
const run = { name: 'run', span: runSpan(RUN), startedAt, endedAt, facts: {} };
const stage = { ...run, name: 'train', span: stageSpan(RUN, 'train'), parent: run.span };

/** Tracing once its packages are loaded. */
async function tracingTo(collector: string, warn = (_: string) => undefined): Promise<Tracing> {
  const tracing = createTracing({ collector }, warn);
  await vi.dynamicImportSettled();
  return tracing;
}

test('spans come with the ids that follow from the run, their times and facts', async () => {
  receiver = await startTraceReceiver();
  const tracing = await tracingTo(receiver.url);
  tracing.tell({ ...stage, facts: { stage: 'train', reason: undefined } });
  tracing.tell({ ...run, failure: 'no data' });
  await tracing.flush();
  const { traceId, spanId } = stage.span;
  const times = { startedAtMs: +startedAt, endedAtMs: +endedAt };
  expect(receiver.spans).toEqual([
    expect.objectContaining({
      ...times,
      service: 'landfall',
      name: 'train',
      traceId,
      spanId,
      parentSpanId: runSpan(RUN).spanId,
      attributes: { 'landfall.stage': 'train' },
      statusCode: 0,
    }),
    expect.objectContaining({ ...times, ...runSpan(RUN), name: 'run', parentSpanId: '', statusCode: 2 }),
  ]);
});

test('work is a span below another; what it answers and throws passes through', async () => {
  receiver = await startTraceReceiver();
  const tracing = await tracingTo(receiver.url);
  expect(await tracing.during('pinRun', runSpan(RUN), { run: RUN }, () => Promise.resolve(7))).toBe(7);
  const broken = () => Promise.reject(new Error('the lake is gone'));
  await expect(tracing.during('submitJob', stage.span, {}, broken)).rejects.toThrow('the lake is gone');
  await tracing.flush();
  expect(receiver.spans).toMatchObject([
    { ...runSpan(RUN), spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string, parentSpanId: runSpan(RUN).spanId },
    { name: 'submitJob', parentSpanId: stage.span.spanId, statusCode: 2 },
  ]);
});

test('without a place to go there are no traces, and nothing is loaded', async () => {
  const tracing = createTracing({}, () => undefined);
  tracing.tell(stage);
  expect(await tracing.during('pinRun', runSpan(RUN), {}, () => Promise.resolve(7))).toBe(7);
  await tracing.flush();
  expect(propagation.fields()).toEqual([]);
});

describe('work is neither held up nor failed by', () => {
  const answers = {
    'a collector that answers 500': (response: { writeHead(status: number): { end(): void } }) =>
      response.writeHead(500).end(),
    'a collector that hangs': () => undefined,
  };
  test.each(Object.entries(answers))('%s', async (_, answer) => {
    receiver = await startTraceReceiver(answer);
    await expectCalm(receiver.url);
    expect(receiver.requests).toBeGreaterThan(0);
  });

  test('a collector that is down', async () => {
    await expectCalm('http://127.0.0.1:1');
  });

  test('one that takes nothing while spans without end come', async () => {
    receiver = await startTraceReceiver(() => undefined);
    const tracing = await tracingTo(receiver.url);
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 50_000; i++) tracing.tell(stage);
    global.gc?.();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200e6);
    await tracing.flush();
  });

  async function expectCalm(collector: string): Promise<void> {
    const said: string[] = [];
    const tracing = await tracingTo(collector, (line) => void said.push(line));
    const began = performance.now();
    for (let i = 0; i < 100; i++) {
      tracing.tell(stage);
      expect(await tracing.during('pinRun', runSpan(RUN), {}, () => Promise.resolve(i))).toBe(i);
    }
    expect(performance.now() - began).toBeLessThan(500);
    await tracing.flush();
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(said.length).toBeLessThanOrEqual(1);
  }
});
