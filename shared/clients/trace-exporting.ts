import { context, diag, DiagLogLevel, propagation, SpanKind, SpanStatusCode, type Span } from '@opentelemetry/api';
import { AzureMonitorTraceExporter } from '@azure/monitor-opentelemetry-exporter';
import { DefaultAzureCredential } from '@azure/identity';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  RandomIdGenerator,
  type IdGenerator,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { Telemetry } from '../telemetry.ts';
import type { SpanRef } from '../trace-context.ts';
import { attributes, below, type Tracing } from './tracing.ts';

/** Spans beyond these are dropped while nobody takes them. */
const QUEUE = { maxQueueSize: 2_048, maxExportBatchSize: 256, scheduledDelayMillis: 1_000, exportTimeoutMillis: 5_000 };
/** The longest that the end of a process waits. */
const LAST_MS = 2_000;
const QUIET_MS = 10 * 60_000;
const SERVICE = 'landfall';

/** Starts to send spans, and makes requests that are sent meanwhile carry their trace. */
export function startExporting(telemetry: Telemetry, warn: (line: string) => void): Tracing {
  const ids = new GivenIds();
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: resourceFromAttributes({ 'service.name': SERVICE }),
    // The host often marks its own context as not sampled, where it samples by itself.
    sampler: new AlwaysOnSampler(),
    spanProcessors: exporters(telemetry).map((exporter) => new BatchSpanProcessor(exporter, QUEUE)),
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  diag.setLogger(seldom(warn), DiagLogLevel.WARN);
  const tracer = provider.getTracer(SERVICE);
  return {
    during: (name, parent, facts, work) =>
      tracer.startActiveSpan(name, { attributes: attributes(facts) }, below(parent), (span) => ending(span, work)),
    tell({ name, span: own, parent, startedAt, endedAt, facts, failure }) {
      const kind = parent ? SpanKind.INTERNAL : SpanKind.SERVER;
      const options = { kind, startTime: startedAt, attributes: attributes(facts), root: !parent };
      const span = ids.as(own, () => tracer.startSpan(name, options, parent && below(parent)));
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      span.end(endedAt);
    },
    async flush() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_MS).unref());
      // What could not be sent is told by the processors themselves.
      await Promise.race([provider.forceFlush().catch(() => undefined), late]);
    },
  };
}

function exporters({ collector, insights }: Telemetry): SpanExporter[] {
  return [
    ...(collector ? [new OTLPTraceExporter({ url: `${collector}/v1/traces`, timeoutMillis: 2_000 })] : []),
    ...(insights
      ? [
          new AzureMonitorTraceExporter({
            connectionString: insights,
            // Without an Entra token Application Insights takes nothing where local authentication is off.
            ...(process.env.AZURE_CLIENT_ID && { credential: new DefaultAzureCredential() }),
            disableOfflineStorage: true,
          }),
        ]
      : []),
  ];
}

async function ending<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    throw error;
  } finally {
    span.end();
  }
}

/** Ids that are drawn, but for a span that is told of under its own. */
class GivenIds implements IdGenerator {
  private given: SpanRef | undefined;
  private readonly drawn = new RandomIdGenerator();

  as<T>(given: SpanRef, start: () => T): T {
    this.given = given;
    try {
      return start();
    } finally {
      this.given = undefined;
    }
  }
  generateTraceId(): string {
    return this.given?.traceId ?? this.drawn.generateTraceId();
  }
  generateSpanId(): string {
    return this.given?.spanId ?? this.drawn.generateSpanId();
  }
}

/** A logger of the SDK that speaks once, and then not for a while: a collector that is down is no news each second. */
function seldom(warn: (line: string) => void, now = Date.now) {
  let last = -Infinity;
  const speak = (message: string, ...more: unknown[]) => {
    if (now() - last < QUIET_MS) return;
    last = now();
    warn(`Traces cannot be sent: ${[message, ...more].map(String).join(' ').slice(0, 500)}`);
  };
  const quiet = () => undefined;
  return { error: speak, warn: speak, info: quiet, debug: quiet, verbose: quiet };
}
