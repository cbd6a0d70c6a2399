import type { EndedSpan, Tracing } from '../../shared/clients/tracing.ts';
import { parseRunId } from '../../shared/names.ts';
import type { RunOutcome, RunProgress, StageView } from '../../shared/run.ts';
import { STAGES, type Stage } from '../../shared/status.ts';
import { parseTraceParent, runSpan, stageSpan, type SpanRef } from '../../shared/trace-context.ts';

/** What activities of a run are given, as far as a trace tells of it. */
interface Given {
  runId?: string;
  stage?: string | StageView;
  attempt?: number;
  at?: string;
  progress?: RunProgress;
  outcome?: RunOutcome;
}

/**
 * Runs an activity as a span of its run's trace, below the host's own span where that is in the same trace, else below
 * its stage or the run; and tells of the stage or the run that the activity ended.
 */
export async function traceActivity<T>(
  tracing: Tracing,
  { name, input, traceParent }: { name: string; input: unknown; traceParent?: string | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const given = (input ?? {}) as Given;
  const { runId, attempt } = given;
  const pipeline = runId === undefined ? undefined : parseRunId(runId)?.pipeline;
  if (runId === undefined || pipeline === undefined) return work();
  const stage = stageOf(given);
  const facts = { run: runId, pipeline, stage, attempt };
  const output = await tracing.during(name, parentOf(runId, stage, traceParent), facts, work);
  for (const span of endedSpans(name, runId, given)) tracing.tell({ ...span, facts: { ...facts, ...span.facts } });
  return output;
}

function stageOf({ stage }: Given): Stage | undefined {
  const name = typeof stage === 'object' ? stage.name : stage;
  return STAGES.find((known) => known === name);
}

function parentOf(runId: string, stage: Stage | undefined, traceParent: string | undefined): SpanRef {
  const host = parseTraceParent(traceParent);
  const own = stage === undefined ? runSpan(runId) : stageSpan(runId, stage);
  return host?.traceId === own.traceId ? host : own;
}

/** Stages are told of as they end: one that succeeded when it is announced, one that did not when the run is closed. */
export function endedSpans(activity: string, runId: string, given: Given): EndedSpan[] {
  const { stage, progress, outcome, at } = given;
  if (activity === 'announceStage' && typeof stage === 'object') return stageSpans(runId, [stage]);
  if (activity !== 'closeRun' || !progress || !outcome || at === undefined) return [];
  const { stages } = progress;
  const failure = outcome.status === 'Succeeded' ? undefined : (outcome.error?.message ?? outcome.status);
  const startedAt = stages.flatMap((view) => view.startedAt ?? []).sort()[0] ?? at;
  const run: EndedSpan = {
    name: 'run',
    span: runSpan(runId),
    startedAt: new Date(startedAt),
    endedAt: new Date(at),
    facts: { status: outcome.status, reason: outcome.error?.reason, stage: outcome.error?.stage },
    ...(failure !== undefined && { failure }),
  };
  const unannounced = stages.filter(({ status }) => status !== 'Succeeded');
  return [...stageSpans(runId, unannounced), run];
}

function stageSpans(runId: string, stages: StageView[]): EndedSpan[] {
  return stages.flatMap(({ name, status, startedAt, finishedAt, detail }): EndedSpan[] => {
    if (startedAt === undefined || finishedAt === undefined) return [];
    const failure = status === 'Succeeded' ? undefined : (detail ?? status);
    return [
      {
        name,
        span: stageSpan(runId, name),
        parent: runSpan(runId),
        startedAt: new Date(startedAt),
        endedAt: new Date(finishedAt),
        facts: { stage: name, status, detail },
        ...(failure !== undefined && { failure }),
      },
    ];
  });
}
