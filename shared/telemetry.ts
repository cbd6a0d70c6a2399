/** Where telemetry goes: an OTLP collector, Application Insights, both, or nowhere. */
export interface Telemetry {
  /** Base address of an OTLP/HTTP collector. */
  collector?: string;
  /** Connection string of Application Insights, which is no secret. */
  insights?: string;
}

// Both have these names by convention, in the app's settings and in the environment of pods alike.
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/
const COLLECTOR = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const INSIGHTS = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
const PARENT = 'TRACEPARENT';

/** The environment by which a job sends its part of a trace; empty where telemetry goes nowhere. */
export function tracingEnvironment({ collector, insights }: Telemetry, parent: string): Record<string, string> {
  if (collector === undefined && insights === undefined) return {};
  return {
    [PARENT]: parent,
    ...(collector !== undefined && { [COLLECTOR]: collector }),
    ...(insights !== undefined && { [INSIGHTS]: insights }),
  };
}

/** Whether a variable is of the tracing environment, and so says nothing about what a job does. */
export function isTracingVariable(name: string): boolean {
  return [PARENT, COLLECTOR, INSIGHTS].includes(name);
}
