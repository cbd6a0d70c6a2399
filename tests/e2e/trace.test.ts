import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../../shared/run.ts';
import { runSpan, stageSpan } from '../../shared/trace-context.ts';
import { RunningPlatform, SAMPLE, until } from '../kit/running-platform.ts';
import { startTraceReceiver, type ReceivedSpan, type TraceReceiver } from '../kit/trace-receiver.ts';

/** One run, from the app's stages into the pods of its jobs, as a collector sees it. */
describe('the trace of a run', () => {
  const platform = new RunningPlatform(19_600);
  let collector: TraceReceiver;
  let run: Run;
  let trace: ReceivedSpan[];
  let leftOver: string;

  beforeAll(async () => {
    collector = await startTraceReceiver();
    platform.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
    leftOver = join(platform.state, 'state', 'left-over');
    mkdirSync(dirname(leftOver), { recursive: true });
    writeFileSync(leftOver, '');
    await platform.start('--reset');
    await platform.drop('iris/traced.csv', readFileSync(SAMPLE));
    run = await platform.nextRun([]);
    const { traceId, spanId } = runSpan(run.runId);
    await until('the end of the trace', () => collector.spans.some((span) => span.spanId === spanId));
    trace = collector.spans.filter((span) => span.traceId === traceId);
  });
  afterAll(async () => {
    await platform.remove();
    await collector.close();
  });

  const named = (name: string) => trace.filter((span) => span.name === name);
  const below = (parent: string) => trace.filter(({ parentSpanId }) => parentSpanId === parent);

  test('begins on a platform that has forgotten what it kept, as it was started with --reset', () => {
    expect(existsSync(leftOver)).toBe(false);
  });

  test('is one, and every span in it hangs below another', () => {
    expect(run.status).toBe('Succeeded');
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([runSpan(run.runId).traceId]));
    const ids = new Set(trace.map(({ spanId }) => spanId));
    expect(ids.size).toBe(trace.length);
    expect(trace.filter(({ parentSpanId }) => !ids.has(parentSpanId)).map(({ name }) => name)).toEqual(['run']);
  });

  test('begins with the run and has each of its stages, with their times', () => {
    const [whole] = named('run');
    expect(whole).toMatchObject({ service: 'landfall', parentSpanId: '', statusCode: 0 });
    expect(whole?.attributes).toMatchObject({
      'landfall.run': run.runId,
      'landfall.pipeline': 'iris',
      'landfall.status': 'Succeeded',
    });
    const stages = run.stages.map(({ name, startedAt = '', finishedAt = '' }) => ({
      ...stageSpan(run.runId, name),
      name,
      parentSpanId: whole?.spanId,
      startedAtMs: Date.parse(startedAt),
      endedAtMs: Date.parse(finishedAt),
    }));
    expect(stages.length).toBeGreaterThan(5);
    for (const stage of stages) expect(named(stage.name)).toEqual([expect.objectContaining(stage)]);
  });

  test.each([
    ['process', 'landfall-process', 1],
    ['train', 'landfall-train', 2],
  ] as const)('goes on in the pods of the %s job', (stage, service, ranks) => {
    const jobs = named(`${stage} job`);
    expect(jobs).toHaveLength(ranks);
    for (const job of jobs) {
      expect(job).toMatchObject({ service, parentSpanId: stageSpan(run.runId, stage).spanId });
      expect(job.attributes).toMatchObject({
        'landfall.run': run.runId,
        'landfall.pipeline': 'iris',
        'landfall.stage': stage,
        'landfall.attempt': '1',
        'landfall.status': 'Succeeded',
      });
      const [shown] = named(stage);
      expect(job.startedAtMs).toBeGreaterThanOrEqual(shown?.startedAtMs ?? Infinity);
      expect(job.endedAtMs).toBeLessThanOrEqual(shown?.endedAtMs ?? 0);
    }
    const steps = jobs.flatMap(({ spanId }) => below(spanId));
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.every((step) => step.service === service)).toBe(true);
  });

  test('has the activities, those of a job below its stage', () => {
    expect(below(stageSpan(run.runId, 'train').spanId).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['submitJob', 'observeJob', 'train job']),
    );
    expect(below(runSpan(run.runId).spanId).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['openRun', 'pinRun', 'recordModel', 'validateModel', 'buildModelImage', 'closeRun']),
    );
  });
});
