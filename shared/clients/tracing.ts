import { context, ROOT_CONTEXT, trace, type Attributes, type Context } from '@opentelemetry/api';
import { parseRunId } from '../names.ts';
import type { Telemetry } from '../telemetry.ts';
import { runSpan, type SpanRef } from '../trace-context.ts';

/** What spans carry; values that are undefined are left out. */
export type SpanFacts = Record<string, string | number | undefined>;

/** A span that is over, whose id follows from what it tells of. */
export interface EndedSpan {
  name: string;
  span: SpanRef;
  /** The span that it hangs below; none for the first of a trace. */
  parent?: SpanRef;
  startedAt: Date;
  endedAt: Date;
  facts: SpanFacts;
  /** Why what it tells of failed. */
  failure?: string;
}

/** Traces of runs. It never throws, and nobody waits for it: what cannot be sent is dropped. */
export interface Tracing {
  /** Does work as a span below another, which requests that are sent meanwhile carry on. */
  during<T>(name: string, parent: SpanRef, facts: SpanFacts, work: () => Promise<T>): Promise<T>;
  /** Tells of a span that is over. */
  tell(span: EndedSpan): void;
  /** Sends what waits, for as long as that may take at the end of a process. */
  flush(): Promise<void>;
}

/** Traces that go nowhere and cost nothing. */
const SILENT: Tracing = {
  during: (_name, _parent, _facts, work) => work(),
  tell: () => undefined,
  flush: () => Promise.resolve(),
};

/** Sends traces to where they are wanted; the packages for that are loaded only then. */
export function createTracing(telemetry: Telemetry, warn: (line: string) => void): Tracing {
  if (telemetry.collector === undefined && telemetry.insights === undefined) return SILENT;
  let tracing = SILENT;
  void import('./trace-exporting.ts')
    .then(({ startExporting }) => (tracing = startExporting(telemetry, warn)))
    .catch((error: unknown) => warn(`Traces are not sent: ${String(error)}`));
  return {
    during: (name, parent, facts, work) => tracing.during(name, parent, facts, work),
    tell: (span) => tracing.tell(span),
    flush: () => tracing.flush(),
  };
}

/** Sends requests as part of the trace of the run that an orchestration's instance belongs to, if it does. */
export function inTraceOf<T>(instanceId: string, send: () => Promise<T>): Promise<T> {
  const [runId = ''] = instanceId.split(':');
  return parseRunId(runId) ? context.with(below(runSpan(runId)), send) : send();
}

/** The context of what happens below a span. */
export function below({ traceId, spanId }: SpanRef): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1, isRemote: true });
}

/** Facts as OpenTelemetry takes them, under our own prefix. */
export function attributes(facts: SpanFacts): Attributes {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [`landfall.${name}`, value]));
}
