import { parseRunId } from '../../shared/names.ts';

/** What queries find log lines by: `Landfall` and a JSON object. */
export const LOG_PREFIX = 'Landfall ';

/** A log line of an activity that was done: the run, pipeline and stage that it was about, and what a validation found. */
export function activityLine(activity: string, input: unknown, output?: unknown): string {
  const { runId, pipeline, stage, attempt, outcome } = (input ?? {}) as {
    runId?: string;
    pipeline?: string;
    stage?: string | { name: string };
    attempt?: number;
    outcome?: { status: string; error?: { stage: string; reason: string } };
  };
  const { gate, drift } = (output ?? {}) as { gate?: { decision: string }; drift?: object };
  const facts = {
    activity,
    runId,
    pipeline: pipeline ?? (runId === undefined ? undefined : parseRunId(runId)?.pipeline),
    stage: outcome?.error?.stage ?? (typeof stage === 'object' ? stage.name : stage),
    attempt,
    status: outcome?.status,
    reason: outcome?.error?.reason,
    decision: gate?.decision,
    drift,
  };
  return `${LOG_PREFIX}${JSON.stringify(facts)}`;
}
