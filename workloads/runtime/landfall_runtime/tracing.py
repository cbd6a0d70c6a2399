"""A job's part of its run's trace, through OpenTelemetry.

The job is a span below the one that TRACEPARENT names (https://www.w3.org/TR/trace-context/), and each step that it
reports a span below that. They go over OTLP/HTTP to OTEL_EXPORTER_OTLP_ENDPOINT, and to Application Insights of
APPLICATIONINSIGHTS_CONNECTION_STRING; where neither is set nothing is loaded. No job fails or waits because of it:
spans lie in a bounded queue, a thread of its own sends them, and the end of the job gives it LAST_SECONDS at most.
"""

import logging
import os
import re
import sys
import threading
from collections.abc import Mapping
from typing import Any, Protocol

COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT"
INSIGHTS = "APPLICATIONINSIGHTS_CONNECTION_STRING"

LAST_SECONDS = 3.0
EXPORT_SECONDS = 2.0
QUEUE_SIZE = 1024
STEPS_KEPT = 200
NAME_LIMIT = 120


class Trace(Protocol):
    """The trace of one job."""

    def step(self, message: str) -> None:
        """The job is at something new; what differs from the last message by its numbers alone is the same step."""

    def end(self, outcome: Mapping[str, Any]) -> None:
        """The job is over, with this result; sends what is left."""


class NoTrace:
    """A trace that goes nowhere."""

    def step(self, message: str) -> None:
        """Does nothing."""

    def end(self, outcome: Mapping[str, Any]) -> None:
        """Does nothing."""


def start_trace(env: Mapping[str, str], name: str, facts: Mapping[str, str | int]) -> Trace:
    """Begins the job's span, where its environment says that traces go somewhere."""
    if not env.get(COLLECTOR) and not env.get(INSIGHTS):
        return NoTrace()
    try:
        return SentTrace(env, name, facts)
    except Exception as error:  # a base image without the packages, an odd setting: the job has better things to do
        print(f"This job is not traced: {type(error).__name__}: {error}", file=sys.stderr)
        return NoTrace()


class SentTrace:
    """A trace that is sent."""

    def __init__(self, env: Mapping[str, str], name: str, facts: Mapping[str, str | int]):
        from opentelemetry import trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = make_provider(env)
        self._tracer = self._provider.get_tracer("landfall")
        self._below = trace.set_span_in_context
        self._error = trace.StatusCode.ERROR
        parent = TraceContextTextMapPropagator().extract({"traceparent": env.get("TRACEPARENT", "")})
        attributes = {f"landfall.{key}": value for key, value in facts.items()}
        # Azure Monitor shows what was served as a request, and the rest as what that depends on.
        self._job = self._tracer.start_span(name, parent, trace.SpanKind.SERVER, attributes)
        self._step = self._job
        self._shape = ""
        self._steps = 0
        self._is_over = False
        self._lock = threading.Lock()

    def step(self, message: str) -> None:
        """Ends the step before and begins this one, or notes the message where the step is the same."""
        shape = re.sub(r"\d[\d.,]*", "#", message)
        with self._lock:
            if shape != self._shape and self._steps < STEPS_KEPT:
                self._end_step()
                self._step = self._tracer.start_span(message[:NAME_LIMIT], self._below(self._job))
                self._shape = shape
                self._steps += 1
            else:
                # The SDK keeps the last 128 of them.
                self._step.add_event(message[:NAME_LIMIT])

    def end(self, outcome: Mapping[str, Any]) -> None:
        """Ends the spans and waits a little until they are sent."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
            self._end_step()
            self._job.set_attribute("landfall.status", outcome["status"])
            if error := outcome.get("error"):
                self._job.set_attribute("landfall.reason", error["reason"])
                self._job.set_status(self._error, error["message"])
            self._job.end()
        # Shutting down may take as long as a collector that hangs; the thread dies with the process.
        sender = threading.Thread(target=self._provider.shutdown, daemon=True)
        sender.start()
        sender.join(LAST_SECONDS)

    def _end_step(self) -> None:
        if self._step is not self._job:
            self._step.end()


def make_provider(env: Mapping[str, str]) -> Any:
    """The SDK's provider, with an exporter for each place that the environment names."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # What cannot be sent would otherwise fill the last lines of the job's log, which are shown when it fails.
    for name in ("opentelemetry", "azure"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    service = f"landfall-{env.get('LANDFALL_STAGE', 'job')}"
    provider = TracerProvider(resource=Resource({"service.name": service}), shutdown_on_exit=False)
    for exporter in exporters(env):
        processor = BatchSpanProcessor(exporter, max_queue_size=QUEUE_SIZE, schedule_delay_millis=1000)
        provider.add_span_processor(processor)
    return provider


def exporters(env: Mapping[str, str]) -> list[Any]:
    """What sends spans."""
    found: list[Any] = []
    if collector := env.get(COLLECTOR):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        found.append(OTLPSpanExporter(endpoint=f"{collector.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS))
    if insights := env.get(INSIGHTS):
        # Read as the package is imported: it would send figures about itself, and ask for settings.
        os.environ.setdefault("APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL", "true")
        os.environ.setdefault("APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED", "true")
        from azure.identity import DefaultAzureCredential
        from azure.monitor.opentelemetry.exporter import AzureMonitorTraceExporter

        # In a cluster the workload identity signs in; Application Insights takes nothing without a token there.
        credential = DefaultAzureCredential() if env.get("AZURE_FEDERATED_TOKEN_FILE") else None
        found.append(
            AzureMonitorTraceExporter(connection_string=insights, credential=credential, disable_offline_storage=True)
        )
    return found
