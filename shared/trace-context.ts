import { sha256 } from './sha256.ts';
import type { Stage } from './status.ts';

// A run is one trace whose ids follow from the run's: whoever repeats a start or a submission, on whatever host, is in the
// same trace, and a query finds it with `substring(hash_sha256('RUN'), 0, 32)`.

/** A span that others hang below, as W3C trace context knows it: 32 and 16 hex digits. */
export interface SpanRef {
  traceId: string;
  spanId: string;
}

/** The span of a whole run. */
export function runSpan(runId: string): SpanRef {
  return { traceId: sha256(runId).slice(0, 32), spanId: sha256(`${runId}/run`).slice(0, 16) };
}

/** The span of a stage of a run. */
export function stageSpan(runId: string, stage: Stage): SpanRef {
  return { ...runSpan(runId), spanId: sha256(`${runId}/${stage}`).slice(0, 16) };
}

/** A span as the value of a `traceparent` header, marked as sampled. https://www.w3.org/TR/trace-context/#traceparent-header */
export function traceParent({ traceId, spanId }: SpanRef): string {
  return `00-${traceId}-${spanId}-01`;
}

/** The span that a `traceparent` names; undefined where it names none. */
export function parseTraceParent(text: string | null | undefined): SpanRef | undefined {
  const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(text ?? '') ?? [];
  return traceId && spanId && !/^0+$/.test(traceId) && !/^0+$/.test(spanId) ? { traceId, spanId } : undefined;
}
